package analysis

import (
	"math"
	"slices"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
)

// A cause that is right about whatever it would have refused may leave over more refusals than
// accidents make: a bad node behind a gateway with a limit, say. The likelihood lets a cause be
// wrong about any share of what it would have let through, and a share that is constant is what
// chance makes: then the two are the verdict. Whoever claims so claims that what is left over
// is independent of each other, of time and of the load.

const (
	// fewestByChance is how many refusals must be left over: of fewer no test tells what they are.
	fewestByChance = 20
	// leastByChance is the share of what a cause lets through that must be refused: less are
	// accidents.
	leastByChance = 0.03
	// mostDoubt is the most that the log odds of a pattern among them may be.
	mostDoubt = 0
)

// withChance adds chance to a candidate that leaves over what only chance explains.
func (s *study) withChance(c candidate) candidate {
	h := c.best
	if !h.calls() || len(h.parts) > 0 || !h.counts.leavesOver() || !s.rightAboutItsOwn(h) {
		return c
	}
	if s.maybeServers(h) || s.maybeServersInFull(h) || s.keptElsewhere(h) != nil || !s.byChance(s.sparedBy(h)) || s.followLimits(s.sparedBy(h)) {
		return c
	}
	if odds, _ := s.doubt(h); max(odds, s.changes(s.kindsOf(h.predicted))) > mostDoubt {
		return c
	}
	c.best = s.besideChance(h)
	return c
}

// maybeServersInFull reports whether two servers with a limit each account for the outcomes about as well as a
// hypothesis with chance beside it. Either claims that nothing foretells which attempts are
// refused, so that each counts in full.
func (s *study) maybeServersInFull(h *hypothesis) bool {
	if s.servers == nil {
		return false
	}
	_, all := s.cellsOf(s.kindsOf(h.predicted), s.contexts[0])
	return evidence.Rates(all)-s.servers.inFull() < math.Log(surelyOne)
}

// leavesOver reports whether more is left over than accidents are.
func (c Counts) leavesOver() bool {
	return c.N01 >= fewestByChance && float64(c.N01) >= leastByChance*float64(c.N01+c.N00)
}

// rightAboutItsOwn reports whether a hypothesis is right about what it would have refused.
func (s *study) rightAboutItsOwn(h *hypothesis) bool {
	return h.counts.mostlyRefused() && float64(h.counts.N10) <= mostWrong*float64(h.counts.N10+h.counts.N00)
}

// sparedBy calls the attempts that a hypothesis would surely have let through.
func (s *study) sparedBy(h *hypothesis) prediction {
	p := make(prediction, len(h.predicted))
	for i, f := range h.predicted {
		if f.accepts() && !f.unsure() {
			p[i] = toRefuse
		}
	}
	return p
}

// followLimits reports whether refusals among some attempts go with what a limit would refuse by: with
// what was let through just before, since a limit that has one place left refuses whoever comes second, and
// the answers may come the other way round; or with the sockets open under a key.
func (s *study) followLimits(among prediction) bool {
	counts := [][]int32{s.table.Counter(make([]int32, len(among)), 1, covariate.Reading{ByRequest: true}, covariate.LetThrough).Trailing(2 * s.table.Jitter).Mid}
	for _, p := range s.parts {
		counts = append(counts, s.table.OpenUsually(p.Labels, p.N))
	}
	return slices.ContainsFunc(counts, func(of []int32) bool {
		var x []float64
		var outcomes []bool
		for i, f := range among {
			if f.refuses() {
				x, outcomes = append(x, float64(of[i])), append(outcomes, s.table.Refused[i])
			}
		}
		return trend(x, outcomes) >= tooRegular
	})
}

// butChance returns a hypothesis without chance beside it.
func (h *hypothesis) butChance() *hypothesis {
	if len(h.parts) > 0 && h.parts[1].cause == randomRefusal {
		return h.parts[0]
	}
	return h
}

// besideChance returns a hypothesis with chance as its second cause.
func (s *study) besideChance(h *hypothesis) *hypothesis {
	c := h.counts
	chance := &hypothesis{cause: randomRefusal, scope: "global", equivalent: []string{}, soft: true,
		predicted: make(prediction, len(h.predicted)), counts: Counts{N11: c.N01, N00: c.N00, Either: c.N01 + c.N00}}
	both := *h
	both.parts, both.alone, both.predicted = []*hypothesis{h, chance}, c.N01, make(prediction, len(h.predicted))
	for i, f := range h.predicted {
		if f.refuses() || f.unsure() {
			both.predicted[i] = f
		}
	}
	both.counts = Counts{N11: c.N11 + c.N01, N10: c.N10, N00: c.N00, Either: c.Either}
	return &both
}
