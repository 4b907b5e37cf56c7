package analysis

import (
	"testing"

	"why403/analysis/covariate"
)

// Where most attempts may have fallen on either side of a limit, it explains them only if the likelier
// side is right too.
func TestLeansRight(t *testing.T) {
	const n = 200
	for astray, want := range map[int]bool{0: true, 4: true, 15: false} {
		table := &covariate.Table{Attempts: make([]covariate.Attempt, n), Refused: make([]bool, n)}
		h := &hypothesis{cause: concurrencyCap, predicted: make(prediction, n)}
		s := &study{table: table, refused: n / 2}
		for i := range n {
			table.Refused[i] = i%2 == 0
			h.predicted[i] = foretell(table.Refused[i] != (i < astray)).remark(isUnsure, i < 3*n/4)
		}
		h.counts = s.tally(h.predicted)
		if h.counts.wrong() > 0 || float64(h.counts.Either) <= mostUnsure*n {
			t.Fatalf("%+v", h.counts)
		}
		if got := s.explains(h); got != want {
			t.Errorf("%d on the less likely side: %v", astray, got)
		}
	}
}
