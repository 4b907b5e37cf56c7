package analysis

import (
	"math"

	"why403/analysis/evidence"
)

// patterns returns the terms of whatever follows the outcomes before, or one context alone, and of
// what refuses everything.
func (s *study) patterns() []float64 {
	terms := make([]float64, 2+len(s.contexts))
	each := math.Log(contextShare / float64(len(s.contexts)))
	inParallel(len(terms), func(i int) {
		switch i {
		case 0:
			memory := s.recent("", memoryDepth)
			terms[i] = math.Log(memoryShare) + evidence.ContextTree(s.table.Refused, s.weights, memoryDepth) - s.unpaid(memory.labels, memory.n, s.table.Refused)
		case 1:
			all := s.all(func(int) bool { return true })
			terms[i] = math.Log(alwaysShare) + evidence.SaysNo.Log(all.LeanYesRefused, all.LeanYesAccepted)
		default:
			c := s.contexts[i-2]
			terms[i] = each + evidence.Context(c.labels, c.n, s.table.Refused, s.weights) - s.unpaid(c.labels, c.n, s.table.Refused)
		}
	})
	return terms
}

// residualGains returns what each context on top of each hypothesis gains.
func (s *study) residualGains(leads []*hypothesis) [][]float64 {
	gains := make([][]float64, len(leads))
	inParallel(len(leads), func(l int) {
		residual := s.residualOf(leads[l])
		for _, c := range s.contexts {
			gains[l] = append(gains[l], residual(c))
		}
	})
	return gains
}

// residualOf returns what a context on top of a hypothesis gains.
func (s *study) residualOf(lead *hypothesis) func(context) float64 {
	if lead.classes != nil {
		return func(c context) float64 { return s.softResidual(*lead.classes, c) }
	}
	return s.residue(lead.predicted).gain
}
