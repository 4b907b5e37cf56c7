package analysis

import (
	"math"
	"time"

	"gonum.org/v1/gonum/floats"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
)

// Many gateways keep a source out for a while that has been refused too often. Beside the
// cause of those refusals, expired tokens say, it refuses what would have passed: whatever
// comes within some time after a number of them.

// lockout is such a rule.
type lockout struct {
	fails         int           // that are forgiven within the time
	within, lasts time.Duration // the longest within is the whole recording
}

const (
	mostFails    = 8    // that are forgiven
	withinRatio  = 3.0  // between one time to count in and the next
	lastsRatio   = 1.15 // between one length and the next
	lockoutSteps = 15e6 // attempts times rules that are tried at most
)

// lockout fits a rule to what another cause leaves over; nil if that is too much to try, or
// the recording too short for any.
func (s *study) lockout(p covariate.Partition, scope string) *hypothesis {
	if s.forced == nil || s.beginning != nil {
		return nil
	}
	rules := s.lockoutRules()
	if len(rules) == 0 || float64(len(rules)*len(s.table.Attempts)) > lockoutSteps {
		return nil
	}
	at := make([]time.Duration, len(s.table.Attempts))
	for i := range at {
		at[i] = s.table.Axis.Elapsed(s.table.Attempts[i].Answered)
	}
	h := &hypothesis{scope: scope, equivalent: otherScopes(p, scope), logLik: math.Inf(-1), variant: afterRefusals, causeless: math.Inf(-1)}
	weigh := func(r lockout) float64 { return s.lockedOut(p, at, r, nil).Log() }
	terms := make([]float64, len(rules))
	best := rules[0]
	for k, r := range rules {
		terms[k] = weigh(r)
		if terms[k] > h.logLik {
			h.logLik, best = terms[k], r
		}
	}
	fine, l, cell := refined(best, h.logLik, weigh)
	if l > h.logLik {
		best, h.logLik = fine, l
		terms = append(terms, l+cell)
	}
	h.logEvidence = floats.LogSumExp(terms) - math.Log(float64(len(rules)))
	h.predicted = make(prediction, len(s.table.Attempts))
	s.lockedOut(p, at, best, h)
	h.counts = s.tally(h.predicted)
	h.threshold = &Threshold{Value: float64(best.fails), Low: float64(best.fails), High: float64(best.fails), Unit: "upgrades"}
	h.window = &Threshold{Value: best.within.Seconds(), Low: best.within.Seconds() / withinRatio, High: best.within.Seconds() * withinRatio, Unit: "s"}
	h.lasts = &Threshold{Value: best.lasts.Seconds(), Low: best.lasts.Seconds() / lastsRatio, High: best.lasts.Seconds() * lastsRatio, Unit: "s"}
	return h
}

// refined climbs from a rule in ever smaller steps, and returns by how much of the cell of the rule it
// began with, as a logarithm, what it found stands for.
func refined(r lockout, at float64, weigh func(lockout) float64) (lockout, float64, float64) {
	within, lasts := withinRatio, lastsRatio
	cell := 0.0
	for range refinements {
		within, lasts, cell = math.Sqrt(within), math.Sqrt(lasts), cell-2*math.Ln2
		for _, by := range [][2]float64{{within, 1}, {1 / within, 1}, {1, lasts}, {1, 1 / lasts}, {within, lasts}, {1 / within, 1 / lasts}} {
			next := lockout{r.fails, scaled(r.within, by[0]), scaled(r.lasts, by[1])}
			if l := weigh(next); l > at {
				r, at = next, l
			}
		}
	}
	return r, at, cell
}

func scaled(d time.Duration, by float64) time.Duration { return time.Duration(float64(d) * by) }

// refinements is how often the steps of a climb are halved, in logarithms.
const refinements = 4

// afterRefusals is what is counted, in the texts.
const afterRefusals = "refused"

func (s *study) lockoutRules() []lockout {
	var rules []lockout
	for within := leastBanWindow * 2; ; within *= withinRatio {
		within = min(within, s.duration())
		for lasts := 2 * leastBan; lasts < s.duration()/2; lasts *= lastsRatio {
			for fails := range mostFails {
				rules = append(rules, lockout{fails, toDuration(within), toDuration(lasts)})
			}
		}
		if within == s.duration() {
			return rules
		}
	}
}

// source is what a lockout knows of one.
type source struct {
	until  time.Duration
	failed [mostFails + 1]time.Duration // when, the last first
	n      int
	shut   bool // it was locked out and has not been seen to pass since
}

// lockedOut weighs a rule, and fills in what it says if there is a hypothesis for it.
func (s *study) lockedOut(p covariate.Partition, moments []time.Duration, rule lockout, h *hypothesis) evidence.Table {
	var t evidence.Table
	sources := make([]source, p.N)
	for i, refused := range s.table.Refused {
		call := s.forced[i]
		if l := p.Labels[i]; l >= 0 {
			at, from := moments[i], &sources[l]
			switch {
			case at < from.until:
				if h != nil && !s.forced[i] && refused && !from.shut {
					h.starts.triggered++
					from.shut = true
				}
				call = true
			case s.forced[i] && refused:
				from.fail(at, rule)
			case h != nil && from.shut && !refused:
				h.starts.ended++
			}
			if at >= from.until && !s.forced[i] {
				from.shut = false
			}
		}
		w := s.weights[i]
		switch {
		case call && refused:
			t.NoRefused += w
		case call:
			t.NoAccepted += w
		case refused:
			t.YesRefused += w
		default:
			t.YesAccepted += w
		}
		if h != nil {
			h.predicted[i].call = -1
			if call && !s.forced[i] {
				h.predicted[i].call = 1
			}
		}
	}
	return t
}

// fail notes a refusal, and locks the source out if it was one too many.
func (f *source) fail(at time.Duration, rule lockout) {
	copy(f.failed[1:], f.failed[:mostFails])
	f.failed[0] = at
	f.n++
	if f.n > rule.fails && at-f.failed[rule.fails] < rule.within {
		f.until, f.n = at+rule.lasts, 0
	}
}
