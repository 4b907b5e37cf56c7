package analysis

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"why403/analysis/evidence"
)

// Whoever is wrong about a good part of the attempts claims that these mistakes have
// nothing to do with each other, and random claims it of every refusal. Attempts of a
// burst weigh less, since they may be one event seen often; but who says that they are
// none cannot ask for that. So a pattern in the mistakes is weighed with each attempt in
// full, and takes from the hypothesis what it gives to unknown. It speaks neither for nor
// against the other causes.

// patterned is the prior odds that what a hypothesis is wrong about follows a pattern.
const patterned = 0.03

// doubtful returns the hypotheses that there is doubt about, of those that may matter.
func (s *study) doubtful(hs []*hypothesis) []*hypothesis {
	best := math.Inf(-1)
	for _, h := range hs {
		best = max(best, h.logEvidence)
	}
	var list []*hypothesis
	for _, h := range hs {
		if h.logEvidence >= best+ruledOutBelow && (h.cause == randomRefusal || h.calls() && !s.nearlyRight(h)) {
			list = append(list, h)
		}
	}
	inParallel(len(list), func(i int) { list[i].doubt, list[i].doubtedFor = s.doubt(list[i]) })
	return list
}

// doubt returns the log odds of a pattern in what a hypothesis leaves over, and what the
// mistakes depend on most.
func (s *study) doubt(h *hypothesis) (odds float64, on string) {
	kind := s.kindsOf(h.predicted)
	if h.cause == randomRefusal {
		clear(kind)
	}
	gains := make([]float64, len(s.contexts))
	inParallel(len(gains), func(k int) {
		cells, all := s.cellsOf(kind, s.contexts[k])
		gains[k] = evidence.Rates(cells) - evidence.Rates(all)
	})
	on = s.contexts[floats.MaxIdx(gains)].name
	odds = floats.LogSumExp(gains) - math.Log(float64(len(gains))) + math.Log(patterned)
	if h.cause != randomRefusal {
		return odds, on
	}
	changes := s.changes(kind)
	if changes > odds {
		on = "when it came"
	}
	return floats.LogSumExp([]float64{odds, changes}), on
}

// cellsOf counts acceptances and refusals by context and kind where both are known, and in
// all by kind.
func (s *study) cellsOf(kind []int32, c context) (cells, all [][2]float64) {
	cells, all = make([][2]float64, kinds*c.n), make([][2]float64, kinds)
	for i, k := range kind {
		if l := c.labels[i]; k >= 0 && l >= 0 {
			cells[kinds*l+k][outcomeOf(s.table.Refused[i])]++
		}
	}
	for i, cell := range cells {
		all[i%kinds][0] += cell[0]
		all[i%kinds][1] += cell[1]
	}
	return cells, all
}

// doubted is what a doubt leaves of the log evidence for the hypothesis, and for the
// pattern beside it.
func doubted(doubt float64) (plain, pattern float64) {
	both := floats.LogSumExp([]float64{0, doubt})
	return -both, doubt - both
}
