package analysis

import (
	"slices"

	"why403/capture"
)

// latePairs weighs a cause of a long recording with those of the part that it is wrong
// about most: the other of the two may have come later. It returns what is not known.
func (s *study) latePairs(first *hypothesis, known []*hypothesis) []*hypothesis {
	if first == nil {
		return nil
	}
	late := s.excerpt(s.worst(first))
	if late == nil {
		return nil
	}
	g := *s
	g.beginning = late
	partners := late.partnersOf(first)
	pairs := make([]*hypothesis, len(partners))
	inParallel(len(pairs), func(i int) { pairs[i] = g.with(first, partners[i]) })
	var list []*hypothesis
	for _, both := range pairs {
		if both != nil && !slices.ContainsFunc(slices.Concat(known, list), func(o *hypothesis) bool { return pairKey(o) == pairKey(both) }) {
			list = append(list, both)
		}
	}
	return list
}

// with fits a second cause of a part to what the first leaves over, and both together; nil if
// one has nothing to do.
func (s *study) with(first, second *hypothesis) *hypothesis {
	if second = s.refit(second, first.predicted, first.logLik); second == nil {
		return nil
	}
	return s.joined(first, second, first.logLik)
}

// partnersOf returns the best causes of an excerpt that can be the second of two.
func (s *study) partnersOf(first *hypothesis) []*hypothesis {
	var list []*hypothesis
	for _, h := range s.begunWith {
		for _, part := range h.single() {
			known := slices.ContainsFunc(list, func(o *hypothesis) bool { return o.cause == part.cause && o.scope == part.scope })
			if part.calls() && !known && !sameCause(first, part) && len(list) < mostSeconds {
				list = append(list, part)
			}
		}
	}
	return list
}

// leavesNoCause reports whether what a hypothesis is wrong about is too little for
// another cause.
func (s *study) leavesNoCause(h *hypothesis) bool {
	return h.calls() && float64(h.counts.N10+h.counts.N01) < leastOwn*float64(s.refused)
}

// worst returns the part of the run, as long as a beginning, that a hypothesis is wrong
// about most, with the sockets that were open then.
func (s *study) worst(h *hypothesis) *capture.Run {
	wrong := s.surprises(h.predicted)
	at, most, n := 0, 0, 0
	for i := range wrong {
		if wrong[i] {
			n++
		}
		if i >= beginningOf && wrong[i-beginningOf] {
			n--
		}
		if n > most {
			at, most = i, n
		}
	}
	from := s.table.Attempts[max(0, at-beginningOf)].Answered
	run := s.runUntil(s.table.Attempts[at].Answered)
	run.Upgrades = slices.DeleteFunc(slices.Clone(run.Upgrades), func(u *capture.Upgrade) bool {
		closed := u.Socket.Closed
		return u.Phases.RequestSent < from && (u.Outcome != capture.Accepted || closed.Seen() && closed < from)
	})
	return run
}

// pairsAsBegun weighs the pairs that the beginning did not rule out.
func (s *study) pairsAsBegun() []*hypothesis {
	best := s.beginning.begunWith[0].logEvidence
	var list []*hypothesis
	for _, h := range s.beginning.begunWith {
		if len(h.parts) == 0 || h.logEvidence-best < ruledOutBelow {
			continue
		}
		first := s.again(h.parts[0])
		if first == nil {
			continue
		}
		if both := s.with(first, h.parts[1]); both != nil {
			list = append(list, both)
		}
	}
	return list
}

// again weighs the cause and scope of a hypothesis of the beginning on the whole.
func (s *study) again(h *hypothesis) *hypothesis {
	g := *s
	if h.cause.keyed {
		g.keepOnly(h.scope)
	}
	for _, o := range g.weighCauses([]*cause{h.cause}) {
		if (o.scope == h.scope || slices.Contains(o.equivalent, h.scope)) && o.calls() {
			return o
		}
	}
	return nil
}
