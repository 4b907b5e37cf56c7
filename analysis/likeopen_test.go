package analysis

import (
	"testing"

	"why403/analysis/covariate"
)

// A quota is no better known than a limit on open sockets of the same height that is wrong about no
// more, nor a property than a limit that decides every attempt as it does.
func TestLimitsThatLookTheSame(t *testing.T) {
	calls := prediction{toRefuse, toAccept, toRefuse, toAccept}
	s := &study{table: &covariate.Table{Refused: []bool{true, false, true, false}}}
	s.parts = []covariate.Partition{{Scope: "global", Labels: make([]int32, len(calls)), N: 1}}
	of := func(c *cause, n float64, wrong int, p float64) candidate {
		h := &hypothesis{cause: c, scope: "global", threshold: &Threshold{Value: n}, predicted: calls, counts: Counts{N11: 100, N01: wrong, N00: 258}}
		return candidate{best: h, probability: p}
	}
	window := of(quota, 23, 5, 0.999)
	window.best.window, window.best.parts = &Threshold{Value: 8.2}, nil
	for _, c := range []struct {
		best, other candidate
		want        bool
	}{
		{window, of(concurrencyCap, 23, 3, 1e-12), true},
		{window, of(concurrencyCap, 24, 3, 1e-12), false},
		{window, of(concurrencyCap, 23, 6, 1e-12), false},
		{of(attribute, 0, 0, 0.99), of(rateLimit, 1, 0, 0.004), true},
		{of(attribute, 0, 0, 0.99), of(outage, 1, 0, 0.004), false},
	} {
		if got := s.rivalled(c.best, []candidate{c.best, c.other}); got != c.want {
			t.Errorf("%s by %s of %v: %v", c.best.best.cause.name, c.other.best.cause.name, c.other.best.threshold.Value, got)
		}
	}
}
