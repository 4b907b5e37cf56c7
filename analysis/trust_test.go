package analysis

import (
	"math"
	"testing"

	"why403/analysis/covariate"
)

// Few refusals tell little and take nothing from the priors; what is to be determined by
// them must be surer.
func TestFewRefusalsLeaveThePriors(t *testing.T) {
	a, b := &hypothesis{cause: concurrencyCap}, &hypothesis{cause: sourceBan}
	for _, h := range []*hypothesis{a, b} {
		h.logEvidence = h.logPrior()
	}
	b.logEvidence += 2
	for n, most := range map[int]float64{1: 0.02, 8: 0.051, 500: 0.1} {
		s := &study{table: &covariate.Table{Refused: make([]bool, n)}, weights: make([]float64, n)}
		for i := range n {
			s.table.Refused[i], s.weights[i] = true, 1
		}
		ranked([]*hypothesis{a, b}, s.trust())
		want := b.cause.prior / a.cause.prior * math.Exp(2*float64(n)/float64(n+halfTrust))
		if odds := b.probability / a.probability; math.Abs(odds-want) > 1e-9 {
			t.Errorf("%d refusals: odds of %v, want %v", n, odds, want)
		}
		if left := 1 - s.sureEnough(); left > most || left < most/2 {
			t.Errorf("%d refusals: determined at %v", n, s.sureEnough())
		}
	}
}
