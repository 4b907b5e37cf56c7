package analysis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"why403/analysis/evidence"
)

// letDrift weighs the ways in which the limit of a hypothesis may have gone, and lets it
// go the best of them if that explains more than one that stays.
func (f *capFit) letDrift(h *hypothesis) {
	if !f.mayDrift() {
		return
	}
	keyless, stays := f.keyless(), h.logEvidence+math.Log(staysShare)
	terms := []float64{stays}
	var best *drifting
	for _, d := range f.drifts(h.logEvidence - keyless) {
		if d.way != leaks && !d.wasAtWork(f.s, h.scope) {
			continue
		}
		d.logEv += math.Log(driftShare[d.way]) + keyless
		terms = append(terms, d.logEv)
		if best == nil || d.logEv > best.logEv {
			best = &d
		}
	}
	h.logEvidence = floats.LogSumExp(terms)
	if best == nil || best.logEv <= stays || len(best.steps(f.s, h.scope)) == 0 {
		return
	}
	h.drift, h.linger = best, nil
	f.predictDrift(h, best)
}

// keyless is the log likelihood of the attempts whose key is not known: no limit says
// anything of these.
func (f *capFit) keyless() float64 {
	var sums [2]float64
	for i, l := range f.part.Labels {
		if l < 0 {
			sums[outcomeOf(f.s.table.Refused[i])] += f.s.weights[i]
		}
	}
	return evidence.Either.Log(sums[1], sums[0])
}

// predictDrift fills in what a limit that drifts says of each attempt.
func (f *capFit) predictDrift(h *hypothesis, d *drifting) {
	open := f.s.table.Open(f.part.Labels, f.part.N, f.plain[f.best].reading, 0)
	h.predicted = make(prediction, len(d.limits))
	for i, limit := range d.limits {
		if f.part.Labels[i] < 0 {
			continue
		}
		lo, mid, hi := float64(open.Lo[i]), float64(open.Mid[i]), float64(open.Hi[i])
		near := nearLimit(limit)
		h.predicted[i] = foretell(mid >= limit).
			remark(isUnsure, lo < limit && limit <= hi).remark(isNear, lo-near <= limit && limit <= hi+near)
	}
	f.s.table.Recycle(open)
	h.counts = f.s.tally(h.predicted)
	h.logLik = f.s.likelihood(h.predicted)
	first := d.limits[f.first()]
	h.threshold = &Threshold{Value: first, Low: first, High: first, Unit: "open sockets"}
	switch last := d.limits[len(d.limits)-1]; {
	case d.way == leaks:
		h.threshold.Low, h.threshold.High = float64(d.low), float64(d.high)
	case d.way == grows && last-first <= float64(f.s.openBefore())+nearLimit(last):
		d.way = frees
		h.threshold.Value, h.threshold.Low, h.threshold.High = last, last, last
	}
}

// first is the first attempt whose key is known.
func (f *capFit) first() int {
	for i, l := range f.part.Labels {
		if l >= 0 {
			return i
		}
	}
	return 0
}

// step is a change of a limit at an attempt.
type step struct {
	at       int // the attempt that met it first
	from, to float64
}

// steps are the changes of the limit; of a limit kept under keys, where each has a way
// of its own, those of all of them.
func (d *drifting) steps(s *study, scope string) []step {
	p := s.partition(scope)
	last := map[int32]float64{}
	var list []step
	for i, limit := range d.limits {
		key := int32(0)
		if d.way == leaks {
			key = p.Labels[i]
		}
		if limit == 0 {
			continue // its key is not known
		}
		if before, known := last[key]; known && before != limit {
			list = append(list, step{i, before, limit})
		}
		last[key] = limit
	}
	return list
}

// leak is the share of closed sockets whose places were lost, with its error.
func (d *drifting) leak() *Threshold {
	if d == nil || d.way != leaks {
		return nil
	}
	n := float64(d.closes)
	share := float64(d.falls) / n
	sd := 2 * math.Sqrt(share*(1-share)/n)
	return &Threshold{Value: share, Low: max(0, share-sd), High: min(1, share+sd), Unit: "of closed sockets"}
}

// mostMoves is how many moves are told one by one.
const mostMovesTold = 50

// moves are the steps of a limit of all, or of one key; nil of one that leaks under
// many keys.
func (d *drifting) moves(s *study) []Move {
	if d == nil || d.way == leaks || d.way == frees {
		return nil
	}
	var list []Move
	for _, m := range d.steps(s, "global") {
		list = append(list, Move{AtS: round(s.elapsed(s.table.Attempts[m.at].Answered), 3), To: int(m.to)})
	}
	return list[:min(len(list), mostMovesTold)]
}

// goes says how the limit goes: "moves from 40 to 60 at 134 s".
func (d *drifting) goes(s *study) string {
	if d.way == leaks {
		return fmt.Sprintf("falls from %d because %s of closed sockets go on counting", d.start, percent(d.leak().Value))
	}
	list := d.steps(s, "global")
	first, last := list[0], list[len(list)-1]
	if d.way == frees {
		return fmt.Sprintf("is %.0f, of which %.0f were open before the recording began,", last.to, last.to-first.from)
	}
	from := seconds(s.elapsed(s.table.Attempts[first.at].Answered))
	if len(list) == 1 {
		return fmt.Sprintf("moves from %.0f to %.0f %s after the start", first.from, first.to, from)
	}
	return fmt.Sprintf("moves from %.0f to %.0f in %d steps, from %s to %s after the start", first.from, last.to, len(list),
		from, seconds(s.elapsed(s.table.Attempts[last.at].Answered)))
}

func saysDrift(s *study, h *hypothesis) string {
	if h.drift.way == leaks {
		return fmt.Sprintf("The gateway holds at most %d open sockets%s and does not give back the places of %s of those that close, so that fewer and fewer are left; it refuses the rest with %s.",
			h.drift.start, per(h.scope), percent(h.drift.leak().Value), s.majority)
	}
	if h.drift.way == frees {
		list := h.drift.steps(s, "global")
		return fmt.Sprintf("The gateway holds at most %s%s and refuses the rest with %s; at first %.0f of them had been open before the recording began.",
			plural(int(h.threshold.Value), "open socket"), per(h.scope), s.majority, h.threshold.Value-list[0].from)
	}
	return fmt.Sprintf("The gateway refuses with %s above a limit on open sockets%s that %s.", s.majority, per(h.scope), h.drift.goes(s))
}

func doDrift(h *hypothesis) []string {
	switch h.drift.way {
	case leaks:
		return []string{
			fmt.Sprintf("Show the gateway's owner that of %d closed sockets about %d still count: its counter misses some ends. Others' sockets that it also counts would look the same.", h.drift.closes, h.drift.falls),
			"Look which closes are missed: those without a Close frame, those the gateway itself ends, those during a deployment.",
			"Until that is mended, have the counter reset (a restart of what holds it) before each test.",
		}
	case shrinks:
		return []string{
			"Ask the gateway's owner what took capacity away at those moments: instances that were stopped, sockets of others, a limit that was changed.",
			"Plan the load below the lowest limit.",
		}
	}
	return []string{
		"Ask the gateway's owner how it scales: the limit grows with its instances, and the load was ahead of it.",
		"Ramp up no faster than it grows, or have it scaled before the test.",
	}
}

const (
	fewestFalls = 3 // places that must have been lost for a leak to be named
	// fewestThrough is how many must have been let through under what a limit shrank to.
	fewestThrough = 3
	driftWrong    = 0.02 // the share of either outcome that a limit which drifts may be wrong about
	switchesFor   = 3    // changes of outcome for each step of a limit that moves
)

// wasAtWork reports whether a limit was met wherever it went: refusals and acceptances
// take turns much more often than it moves. A limit that moves with every change of
// outcome, or just between two recordings, only retells it.
func (d *drifting) wasAtWork(s *study, scope string) bool {
	switches := 0
	for i := 1; i < len(s.table.Refused); i++ {
		if s.table.Refused[i] != s.table.Refused[i-1] {
			switches++
		}
	}
	return switches >= switchesFor*(1+len(d.steps(s, scope)))
}

// provenCap reports whether a limit that drifts was seen to, and explains nearly all.
func provenCap(s *study, h *hypothesis) bool {
	d := h.drift
	if d == nil {
		return true
	}
	c := h.counts
	if float64(c.N01) > driftWrong*float64(c.N11+c.N01) || float64(c.N10) > driftWrong*float64(c.N10+c.N00) {
		return false
	}
	switch {
	case d.way == leaks && d.falls < fewestFalls:
		return false
	case d.way == shrinks && s.throughAfter(d.steps(s, h.scope)) < fewestThrough:
		return false
	}
	return d.wasAtWork(s, h.scope)
}

// throughAfter counts the attempts that were let through after the last of some steps: a limit that
// lets nothing through any more looks like an outage, or a ban.
func (s *study) throughAfter(steps []step) int {
	if len(steps) == 0 {
		return 0
	}
	n := 0
	for _, refused := range s.table.Refused[steps[len(steps)-1].at:] {
		if !refused {
			n++
		}
	}
	return n
}

// likelihood is the log likelihood of a prediction; what it is unsure of may go either
// way.
func (s *study) likelihood(p prediction) float64 {
	var t evidence.Table
	for i, f := range p {
		side := &t.YesAccepted
		switch refused := s.table.Refused[i]; {
		case (f.unsure() || f.silent()) && f.refuses() && refused:
			side = &t.LeanNoRefused
		case (f.unsure() || f.silent()) && f.refuses():
			side = &t.LeanNoAccepted
		case (f.unsure() || f.silent()) && refused:
			side = &t.LeanYesRefused
		case f.unsure() || f.silent():
			side = &t.LeanYesAccepted
		case f.refuses() && refused:
			side = &t.NoRefused
		case f.refuses():
			side = &t.NoAccepted
		case refused:
			side = &t.YesRefused
		}
		*side += s.weights[i]
	}
	return t.Log()
}
