package analysis

import (
	"fmt"
	"slices"
)

const (
	sure          = 0.9  // the probability from which on a cause is determined
	explainsLeast = 0.85 // the share of refusals that it must explain, and of what it would have refused, that must have been
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
	for i, c := range candidates {
		if c.probability >= remoteRival {
			candidates[i] = s.withChance(c)
		}
	}
	if c := candidates[0]; s.determines(c, candidates) {
		s.determined = c.best
		f.Verdict = Verdict{Status: Determined, Says: c.best.says(s) + s.leaves(c.best), Causes: c.findings(s)}
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
	if twins := named[0].twins(); len(twins) > 0 && len(named) == 1 {
		f.Verdict.Causes = append(f.Verdict.Causes, candidate{best: twins[0], probability: twins[0].probability}.finding(s))
		f.Verdict.Causes[0].Probability = named[0].best.probability
		f.Verdict.Says = s.saysTwins(named[0], twins)
		f.NextExperiment = s.oneKey(named[0], twins)
		return
	}
	f.NextExperiment = s.nextExperiment(named, candidates)
}

// worthNaming returns the candidates that the verdict leaves: the leading one, its
// rivals, bans where an outage leads that is no better, and unknown where the leading one does not account for the outcomes, or two servers
// do as well.
func (s *study) worthNaming(candidates []candidate) []candidate {
	lead := candidates[0]
	var named []candidate
	for i, c := range candidates {
		doubted := c.best.cause == unknown && (!s.explains(lead.best) || s.maybeServers(lead.best))
		if i == 0 || c.probability >= worthNaming || doubted || s.rivalled(lead, []candidate{c}) || lead.best.slipsFromBan(c.best) {
			named = append(named, c)
		}
	}
	return named
}

// leaves says how many refusals a determined cause leaves over, where these are too many for
// accidents: advice that follows from the cause will not end them.
func (s *study) leaves(h *hypothesis) string {
	n := h.counts.N01
	if !h.calls() || n < fewestMistakes || float64(n) < leastOwn*float64(s.refused) {
		return ""
	}
	return fmt.Sprintf(" %d of %s remain unexplained.", n, plural(s.refused, "refusal"))
}
