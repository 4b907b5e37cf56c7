package analysis

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// countsTokensToo is the prior that a limit of a host that refuses both alike counts both.
const countsTokensToo = 0.5

// weighAlong weighs a cause, and where it may count token requests too, with these.
func (s *study) weighAlong(c *cause) []*hypothesis {
	hs := c.weigh(s)
	if s.along == nil || !c.counts {
		return hs
	}
	s.along.reached, s.along.toReach = s.reached, s.toReach
	for _, m := range c.weigh(s.along.study) {
		for i, h := range hs {
			if h.scope == m.scope || slices.Contains(h.equivalent, m.scope) {
				hs[i] = s.either(h, m)
				break
			}
		}
	}
	return hs
}

// either returns the better of a limit on upgrades and one that counts token requests too,
// with the evidence of both.
func (s *study) either(plain, both *hypothesis) *hypothesis {
	if both.predicted == nil {
		return plain
	}
	p := make(prediction, len(s.along.at))
	for k, i := range s.along.at {
		p[k] = both.predicted[i]
	}
	both.predicted, both.counts, both.tokensToo = p, s.tally(p), true
	logEvidence := floats.LogSumExp([]float64{plain.logEvidence + math.Log(1-countsTokensToo), both.logEvidence + math.Log(countsTokensToo)})
	best := both
	if plain.logEvidence > both.logEvidence {
		best = plain
	}
	if plain.predicted != nil && alike(plain.predicted, both.predicted) {
		best.threshold.widen(plain.threshold)
		best.threshold.widen(both.threshold)
	}
	best.logEvidence, best.causeless = logEvidence, plain.causeless
	return best
}

// sentence says what a hypothesis says, and what a limit counts beside upgrades.
func (h *hypothesis) sentence(s *study) string {
	says := h.cause.says(s, h)
	if h.tokensToo {
		says += " It counts token requests as well."
	}
	return says
}

// steps are what to do about a cause. An upgrade that fetches its own token counts twice.
func (h *hypothesis) steps(s *study) []string {
	do := h.cause.do(s, h)
	if h.tokensToo {
		do = append([]string{tokensFirst}, do...)
	}
	return do
}

// widen makes an interval hold another.
func (t *Threshold) widen(o *Threshold) {
	if t != nil && o != nil {
		t.Low, t.High = min(t.Low, o.Low), max(t.High, o.High)
	}
}
