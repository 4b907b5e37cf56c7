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
	h.threshold = &Threshold{Value: float64(best.fails), Low: float64(best.fails), High: float64(best.fails), Unit: afterRefusals + " upgrades"}
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

// lockouts follows a rule from attempt to attempt.
type lockouts struct {
	rule             lockout
	sources          []source
	triggered, ended int // lockouts that refused something, and of these those after which something passed
}

// source is what lockouts know of one.
type source struct {
	until  time.Duration
	failed [mostFails + 1]time.Duration // when, the last first
	n      int
	shut   bool // it was locked out and has not been seen to pass since
}

// lockedOut weighs a rule, and fills in what it says if there is a hypothesis for it.
func (s *study) lockedOut(p covariate.Partition, moments []time.Duration, rule lockout, h *hypothesis) evidence.Table {
	var t evidence.Table
	k := lockouts{rule: rule, sources: make([]source, p.N)}
	for i, refused := range s.table.Refused {
		shut := p.Labels[i] >= 0 && k.shut(&k.sources[p.Labels[i]], moments[i], s.forced[i], refused)
		t.Add(shut || s.forced[i], refused, s.weights[i])
		if h != nil {
			h.predicted[i] = foretell(shut && !s.forced[i])
		}
	}
	if h != nil {
		h.starts.triggered, h.starts.ended = k.triggered, k.ended
	}
	return t
}

// shut reports whether a source is locked out when it makes an attempt, and learns from what
// became of it: forced is what the other cause refuses.
func (k *lockouts) shut(f *source, at time.Duration, forced, refused bool) bool {
	if at < f.until {
		if !forced && refused && !f.shut {
			k.triggered++
			f.shut = true
		}
		return true
	}
	switch {
	case forced && refused:
		f.fail(at, k.rule)
	case f.shut && !refused:
		k.ended++
	}
	f.shut = f.shut && forced
	return false
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
