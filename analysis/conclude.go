package analysis

import (
	"fmt"
	"slices"
	"strings"
)

const (
	sure          = 0.9  // the probability from which on a cause is determined
	explainsLeast = 0.85 // the share of refusals that it must explain
	mostWrong     = 0.05 // the share of what was let through that it would have refused
	mostMissed    = 0.1  // of what it would have let through, that was refused
	mostSpared    = 0.2  // of what was let through, for an attribute: it may be refused at random
	mostUnsure    = 0.4  // the share of attempts that could have gone either way
	worthNaming   = 0.03 // the probability from which on a cause is a candidate
)

// conclude fills in the verdict from the weighed hypotheses.
func (s *study) conclude(f *Findings, hs []*hypothesis) {
	f.Verdict.Causes = []Cause{}
	switch {
	case s.refused == 0:
		s.nothingRefused(f)
		return
	case len(hs) == 0:
		f.Verdict.Status = Insufficient
		f.Verdict.Says = fmt.Sprintf("%s of %s: too few, or too close together, to tell a cause.",
			plural(s.refused, "refusal"), plural(f.Attempts, "upgrade"))
		return
	}
	s.ruled = slices.ContainsFunc(hs, s.foretells)
	candidates := byCause(hs)
	if c := candidates[0]; s.determines(c, candidates) {
		f.Verdict = Verdict{Status: Determined, Says: c.best.says(s), Causes: c.findings(s)}
		return
	}
	f.Verdict.Status = Undetermined
	named := s.worthNaming(candidates)
	for _, c := range named {
		for _, finding := range c.findings(s) {
			if !slices.Contains(f.UndecidedBetween, finding.Cause) {
				f.Verdict.Causes = append(f.Verdict.Causes, finding)
				f.UndecidedBetween = append(f.UndecidedBetween, finding.Cause)
			}
		}
	}
	f.Verdict.Says = s.undecided(named)
	f.NextExperiment = s.nextExperiment(named, candidates)
}

// worthNaming returns the candidates that the verdict leaves: the leading one, its
// rivals, and unknown where the leading one does not account for the outcomes.
func (s *study) worthNaming(candidates []candidate) []candidate {
	lead := candidates[0]
	var named []candidate
	for i, c := range candidates {
		doubted := c.best.cause == unknown && !s.explains(lead.best)
		if i == 0 || c.probability >= worthNaming || doubted || rivalled(lead, []candidate{c}) {
			named = append(named, c)
		}
	}
	return named
}

// candidate is a cause, or two at once, with its best scope.
type candidate struct {
	best        *hypothesis
	probability float64 // of the cause, over its scopes
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
		return h.cause.says(s, h)
	}
	return h.parts[0].cause.says(s, h.parts[0]) + " And: " + h.parts[1].cause.says(s, h.parts[1])
}

// findings returns the finding of a candidate, or one for each of its two causes.
func (c candidate) findings(s *study) []Cause {
	if len(c.best.parts) == 0 {
		return []Cause{c.finding(s)}
	}
	var list []Cause
	for _, part := range c.best.parts {
		list = append(list, candidate{part, c.probability}.finding(s))
	}
	return list
}

// byCause gathers the hypotheses, best first, by cause.
func byCause(hs []*hypothesis) []candidate {
	var cs []candidate
	for _, h := range hs {
		i := slices.IndexFunc(cs, func(c candidate) bool { return c.best.names() == h.names() })
		if i < 0 {
			cs = append(cs, candidate{h, h.probability})
			continue
		}
		cs[i].probability += h.probability
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

// determines reports whether a cause can be named without a guess: probable
// enough, explaining enough, and, where the tokens of many attempts were not seen,
// right about nearly every one, since a cause kept under the token could then show
// as any other.
func (s *study) determines(c candidate, all []candidate) bool {
	h := c.best
	if c.probability < sure || h.cause == unknown || h.predicted == nil || s.noneAccepted() {
		return false
	}
	if rivalled(c, all) || !s.proven(h) {
		return false
	}
	if !s.explains(h) {
		return false
	}
	if s.tokensUnseen() {
		wrong := float64(h.counts.N10+h.counts.N01) / float64(len(s.table.Attempts))
		return !h.soft && wrong <= 0.02
	}
	return true
}

// proven reports whether each cause of a hypothesis shows what only it does. An outage
// beside another cause need not: a limit keeps the load at its height.
func (s *study) proven(h *hypothesis) bool {
	return !slices.ContainsFunc(h.single(), func(part *hypothesis) bool {
		beside := part != h && part.cause == outage
		return !beside && part.cause.proven != nil && !part.cause.proven(s, part)
	})
}

// explains reports whether a hypothesis accounts for the outcomes well enough to
// be named: for most refusals, and wrong about few of those that it would have
// accepted and of those that were. Where it is not, it may be one cause of two, or
// look like another.
func (s *study) explains(h *hypothesis) bool {
	c := h.counts
	return float64(c.N11) >= explainsLeast*float64(s.refused) &&
		float64(c.N01) <= mostMissed*float64(c.N01+c.N00) &&
		float64(c.N10) <= h.mostWrongRefusals()*float64(c.N10+c.N00) &&
		(h.soft || float64(c.Either) <= mostUnsure*float64(len(s.table.Attempts)))
}

// foretells reports whether a hypothesis is wrong about no more attempts than a
// twentieth of the refusals.
func (s *study) foretells(h *hypothesis) bool {
	c := h.counts
	return h.calls() && h.cause != unknown && s.explains(h) && float64(c.N10+c.N01) <= mostWrong*float64(s.refused)
}

// mostWrongRefusals is the share of the accepted that a hypothesis may have refused.
func (h *hypothesis) mostWrongRefusals() float64 {
	for _, part := range h.single() {
		if part.cause == attribute {
			return mostSpared
		}
	}
	return mostWrong
}

// rival is the probability from which on a cause that decides every attempt alike
// keeps another from being determined: nothing but the priors speaks for one of them.
// A single ban is a rival at any probability but none, and so is a quota to an outage:
// what refuses all of a source in one stretch of time looks the same.
const (
	rival          = 0.015
	rivalOfStretch = 1e-6
)

func rivalled(c candidate, all []candidate) bool {
	return slices.ContainsFunc(all, func(o candidate) bool {
		least := rival
		if o.best.singleBan() || c.best.cause == outage && o.best.cause == quota {
			least = rivalOfStretch
		}
		return o.best != c.best && o.probability >= least &&
			o.best.calls() && c.best.calls() && alike(o.best.predicted, c.best.predicted)
	})
}

// singleBan reports whether a hypothesis is of one ban that was seen to end.
func (h *hypothesis) singleBan() bool {
	return len(h.parts) == 0 && h.cause == sourceBan && h.starts.triggered+h.starts.untriggered == 1 && h.starts.ended
}

// alike reports whether two predictions contradict each other nowhere.
func alike(p, q prediction) bool {
	for i := range p {
		if p[i].call*q[i].call < 0 && !p[i].unsure && !q[i].unsure {
			return false
		}
	}
	return true
}

// tokensUnseen reports whether the token of more than a fifth of the attempts is
// not known.
func (s *study) tokensUnseen() bool {
	unseen := s.withoutToken()
	return 5*unseen > len(s.table.Attempts)
}

func (s *study) withoutToken() int {
	n := 0
	for i := range s.table.Attempts {
		if s.table.Attempts[i].Upgrade.Token() == "" {
			n++
		}
	}
	return n
}

func (c candidate) finding(s *study) Cause {
	h := c.best
	if h.predicted == nil && h.cause != unknown {
		return c.unseen(s)
	}
	return Cause{
		Cause: h.cause.name, Scope: h.scope, ScopeEquivalent: h.equivalent,
		Probability: c.probability, Threshold: h.threshold.rounded(), Linger: h.linger.rounded(),
		Leak: h.drift.leak().rounded(), Moves: h.drift.moves(s),
		Burst: h.burst.rounded(), Window: h.window.rounded(), Lasts: h.lasts.rounded(), Attribute: h.attribute,
		Explains:       Explains{Refused: h.counts.N11, Of: s.refused},
		ContradictedBy: h.counts.N10 + h.counts.N01,
		Says:           h.cause.says(s, h), Do: h.cause.do(s, h), WouldRefute: h.cause.refute(s, h),
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
