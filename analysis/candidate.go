package analysis

import (
	"fmt"
	"slices"
	"strings"
)

// candidate is a cause, or two at once, with its best scope.
type candidate struct {
	best        *hypothesis
	probability float64       // of the cause, over its scopes
	others      []*hypothesis // of the same cause, under other scopes
}

// names are the causes of a hypothesis, joined: what is told apart in a verdict.
func (h *hypothesis) names() string {
	if len(h.parts) == 0 {
		return h.cause.name
	}
	names := []string{h.parts[0].cause.name, h.parts[1].cause.name}
	slices.Sort(names)
	return strings.Join(names, " with ")
}

// single returns the hypotheses of one cause that one consists of.
func (h *hypothesis) single() []*hypothesis {
	if len(h.parts) == 0 {
		return []*hypothesis{h}
	}
	return h.parts
}

func (h *hypothesis) says(s *study) string {
	if len(h.parts) == 0 {
		return h.sentence(s)
	}
	if limit, _ := s.carriedOver(h); limit != nil {
		return limit.sentence(s) + " What it refused at the beginning it may have counted before the recording began."
	}
	a, b := h.parts[0], h.parts[1]
	return a.sentence(s.speakingOf(a, h.parts)) + " And: " + b.sentence(s.speakingOf(b, h.parts))
}

// findings returns the finding of a candidate, or one for each of its two causes.
func (c candidate) findings(s *study) []Cause {
	if len(c.best.parts) == 0 {
		return []Cause{c.finding(s)}
	}
	var list []Cause
	_, begin := s.carriedOver(c.best)
	for _, part := range c.best.parts {
		if part == begin {
			continue
		}
		list = append(list, candidate{best: part, probability: c.probability}.finding(s.speakingOf(part, c.best.parts)))
	}
	return list
}

// byCause gathers the hypotheses, best first, by cause.
func byCause(hs []*hypothesis) []candidate {
	var cs []candidate
	for _, h := range hs {
		i := slices.IndexFunc(cs, func(c candidate) bool { return c.best.names() == h.names() })
		if i < 0 {
			cs = append(cs, candidate{best: h, probability: h.probability})
			continue
		}
		cs[i].probability += h.probability
		cs[i].others = append(cs[i].others, h)
	}
	slices.SortStableFunc(cs, func(a, b candidate) int {
		switch {
		case a.probability > b.probability:
			return -1
		case a.probability < b.probability:
			return 1
		}
		return 0
	})
	return cs
}

func (c candidate) finding(s *study) Cause {
	h := c.best
	if h.predicted == nil && h.cause != unknown {
		return c.unseen(s)
	}
	return Cause{
		Cause: h.cause.name, Scope: h.scope, ScopeEquivalent: c.equivalent(),
		Probability: c.probability, Threshold: h.threshold.rounded(), Linger: h.linger.rounded(),
		Leak: h.drift.leak().rounded(), Moves: h.drift.moves(s),
		Burst: h.burst.rounded(), Window: h.window.rounded(), Lasts: h.lasts.rounded(), Attribute: h.attribute,
		Explains:       Explains{Refused: h.counts.N11, Of: s.refused},
		ContradictedBy: h.counts.N10 + h.counts.N01,
		Says:           h.sentence(s), Do: h.steps(s), WouldRefute: h.cause.refute(s, h),
	}
}

// unseen is the finding on a cause that stays possible only because what it
// depends on was not recorded.
func (c candidate) unseen(s *study) Cause {
	h := c.best
	return Cause{
		Cause: h.cause.name, Scope: h.scope, ScopeEquivalent: h.equivalent, Probability: c.probability,
		Explains: Explains{Of: s.refused},
		Says:     fmt.Sprintf("%s cannot be ruled out: %s.", h.cause.name, h.cause.story(s, h)),
		Do:       []string{"Record the token with its expiry: let its token request pass through the recorder too."},
	}
}
