package analysis

import (
	"cmp"
	"math"
	"slices"

	"why403/capture"
)

// In a long recording lingers, windows, rates and the like are searched on its
// beginning, and only what was found there is tried on the whole of it: what a
// gateway does shows in some ten thousand attempts, and each value tried costs a
// pass over all.
const (
	longFrom      = 60_000 // attempts from which on a recording is long
	beginningOf   = 20_000 // attempts of the beginning, or more until it holds
	beginningHas  = 500    // as many refusals
	ruledOutBelow = -60    // log odds at which the beginning rules a cause out
)

// begin studies the beginning of a long recording.
func (s *study) begin() {
	n := len(s.table.Attempts)
	if n < longFrom || s.excerpted {
		return
	}
	refused, m := 0, 0
	for ; m < n-1 && (m < beginningOf || refused < beginningHas); m++ {
		if s.table.Refused[m] {
			refused++
		}
	}
	if 4*m > 3*n {
		return
	}
	b := s.excerpt(s.runUntil(s.table.Attempts[m].Answered))
	if b == nil {
		return
	}
	s.beginning = b
	s.readings = b.readings
	s.forget()
}

// excerpt studies a part of the recording; nil if that decides nothing.
func (s *study) excerpt(run *capture.Run) *study {
	e := newStudy(run)
	if !e.decidable() {
		return nil
	}
	e.majority, e.excerpted = s.majority, true
	e.begunWith = e.weigh()
	return e
}

// runUntil returns the run as it was at a moment.
func (s *study) runUntil(end capture.Instant) *capture.Run {
	run := *s.run
	run.Ended = end
	k, _ := slices.BinarySearchFunc(run.Upgrades, end, func(u *capture.Upgrade, at capture.Instant) int {
		return cmp.Compare(u.Phases.RequestSent, at)
	})
	run.TokenRequests = slices.DeleteFunc(slices.Clone(run.TokenRequests), func(r capture.TokenRequest) bool { return r.Sent > end })
	run.Upgrades, run.Parts = run.Upgrades[:k], partsUntil(run.Parts, end)
	return &run
}

// partsUntil returns what there had been of recordings at a moment.
func partsUntil(parts []capture.Part, end capture.Instant) []capture.Part {
	var list []capture.Part
	for _, p := range parts {
		if p.Started <= end {
			p.Until = min(p.Until, end)
			list = append(list, p)
		}
	}
	return list
}

// forget drops what was found for mechanisms that the beginning rules out or says nothing
// about, but for the best of each, which its story is told with.
func (s *study) forget() {
	b := s.beginning
	best := b.begunWith[0].logEvidence
	tops := map[string]float64{}
	for _, f := range b.found {
		if top, known := tops[f.of]; !known || f.top() > top {
			tops[f.of] = f.top()
		}
	}
	for key, f := range b.found {
		switch top := tops[f.of]; {
		case top-best >= ruledOutBelow && top >= f.nothing+leastTelling:
			continue
		case f.top() < top:
			f.list = nil
		default:
			f.list = f.list[:min(len(f.list), 1)]
		}
		b.found[key] = f
	}
}

// top is the best log likelihood, −Inf if there is none.
func (f found) top() float64 {
	top := math.Inf(-1)
	for _, t := range f.list {
		top = max(top, t.logLik())
	}
	return top
}
