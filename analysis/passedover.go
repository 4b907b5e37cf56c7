package analysis

import (
	"fmt"
	"slices"

	"why403/analysis/covariate"
)

// A limit under a key costs passes over all of a long recording for each way to count.
// Those that its beginning rules out are passed over where what is left accounts for the
// whole, and are told of as they were in the beginning.

// weighLong weighs causes, and two at once, on a long recording.
func (s *study) weighLong() (hs, twos []*hypothesis) {
	over := s.ruledOut()
	passed := func(c *cause, p covariate.Partition) bool { return c.keyed && slices.ContainsFunc(over, limitOf(c, p)) }
	hs = s.passing(passed).weighAlone(causes())
	first := s.firstOfLong(hs)
	twos = s.pairsAsBegun()
	if !s.settled(hs, twos) {
		twos = append(twos, s.latePairs(first, twos)...)
	}
	if s.settled(hs, twos) {
		return append(hs, s.asBegun(over)...), twos
	}
	rest := s.passing(func(c *cause, p covariate.Partition) bool { return !passed(c, p) })
	rest.toReach = max(s.toReach, reached(hs))
	hs = append(hs, rest.weighAlone(limits())...)
	if better := s.firstOfLong(hs); better != first {
		twos = append(twos, s.latePairs(better, twos)...)
	}
	return hs, twos
}

// settled reports whether a hypothesis leaves too little for another cause.
func (s *study) settled(hs, twos []*hypothesis) bool {
	return slices.ContainsFunc(slices.Concat(hs, twos), s.leavesNoCause)
}

// firstOfLong returns the hypothesis that may be the first of two, the other of which came
// later; nil if none may. It settles the reading.
func (s *study) firstOfLong(hs []*hypothesis) *hypothesis {
	leads := leadsOf(hs)
	s.settleReading(leads)
	if s.explainedAlone(leads) {
		return nil
	}
	return s.bestAlone(slices.DeleteFunc(leads, func(h *hypothesis) bool {
		return !h.mayBeFirst() || float64(h.counts.N11) < leastOwn*float64(s.refused)
	}))
}

// limits are the causes that are kept under a key.
func limits() []*cause { return slices.DeleteFunc(causes(), func(c *cause) bool { return !c.keyed }) }

// passing returns the study without the keys under which a cause is not to be weighed.
func (s *study) passing(passes func(*cause, covariate.Partition) bool) *study {
	g := *s
	g.passes = passes
	return &g
}

// ruledOut are the limits under a key that the beginning rules out.
func (s *study) ruledOut() []*hypothesis {
	if s.along != nil {
		return nil // the evidence is also of what counts token requests
	}
	best := s.beginning.begunWith[0].logEvidence
	return slices.DeleteFunc(slices.Clone(s.beginning.begunWith), func(h *hypothesis) bool {
		return len(h.parts) > 0 || !h.cause.keyed || h.logEvidence-best >= ruledOutBelow
	})
}

// limitOf tells hypotheses of a cause under the key of a partition.
func limitOf(c *cause, p covariate.Partition) func(*hypothesis) bool {
	return func(h *hypothesis) bool {
		return h.cause == c && (p.Has(h.scope) || slices.ContainsFunc(h.equivalent, p.Has))
	}
}

// under returns the study with the partitions that a cause is to be weighed under.
func (s *study) under(c *cause) *study {
	if s.passes == nil {
		return s
	}
	g := *s
	g.parts = slices.DeleteFunc(slices.Clone(s.parts), func(p covariate.Partition) bool { return s.passes(c, p) })
	return &g
}

// asBegun returns hypotheses of the beginning as those of the whole, as far behind the
// best as they were there.
func (s *study) asBegun(over []*hypothesis) []*hypothesis {
	b := s.beginning
	list := make([]*hypothesis, len(over))
	for i, h := range over {
		told := *h
		told.predicted = nil
		told.behind = b.begunWith[0].logEvidence - h.logEvidence
		told.told = fmt.Sprintf("of the first %s, ", plural(len(b.table.Attempts), "upgrade")) + h.story(b)
		list[i] = &told
	}
	return list
}

// placeBehind places hypotheses of the beginning behind the best.
func placeBehind(hs []*hypothesis) {
	best := hs[0].logEvidence
	for _, h := range hs {
		if h.behind == 0 {
			best = max(best, h.logEvidence)
		}
	}
	for _, h := range hs {
		if h.behind > 0 {
			h.logEvidence = best - h.behind
		}
	}
}
