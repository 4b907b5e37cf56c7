package analysis

import (
	"math"
	"testing"
)

// The period that most phases fit is found from one that hardly any does, and stands for all that
// fit: by itself the other would count as a narrow chance.
func TestWidest(t *testing.T) {
	const period = 16.5
	var edges []span
	for i, k := range []float64{2, 6, 7, 8} {
		edges = append(edges, span{k*period - 0.3 - 0.1*float64(i), k*period + 0.2})
	}
	best, reach, ok := widest(edges, 16.56)
	if !ok || math.Abs(best-period) > 0.03 || reach < 0.05 || reach > 0.2 {
		t.Errorf("period %.3f over %.3f, %t", best, reach, ok)
	}
	if near, far := phasedBy(edges, best).common(best), phasedBy(edges, best).common(16.56); near < 0.45 || far > 0.3 {
		t.Errorf("phases %.2f s wide at the best and %.2f beside it", near, far)
	}
	edges[1].low, edges[1].high = edges[1].low+period/2, edges[1].high+period/2
	if _, _, ok := widest(edges, period); ok {
		t.Error("edges half a period apart have a phase in common")
	}
}
