package analysis

import (
	"math/rand/v2"
	"testing"

	"why403/internal/sim/virtual"
)

// A share that keeps is told from one that changes now and then.
func TestChangingShare(t *testing.T) {
	for name, c := range map[string]struct {
		shares  []float64 // refused, in turn, for 40 attempts each
		changes bool
	}{
		"one share":             {[]float64{0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3}, false},
		"a small one":           {[]float64{0.03, 0.03, 0.03, 0.03, 0.03, 0.03, 0.03}, false},
		"one, two, or no nodes": {[]float64{0.33, 0.67, 0.33, 0.02, 0.33, 0.67, 0.33}, true},
	} {
		r := rand.New(rand.NewPCG(7, 7))
		var row changingShare
		for _, share := range c.shares {
			for range 40 {
				row.refused, row.after = append(row.refused, r.Float64() < share), append(row.after, r.ExpFloat64())
			}
		}
		if gain := row.gain(); (gain > 0) != c.changes || !c.changes && gain > -2 {
			t.Errorf("%s: log odds %.2f", name, gain)
		}
	}
}

// Moods that have not yet changed much are not sure to be chance, which is determined where it is.
func TestFewMoodsAreNoChance(t *testing.T) {
	for _, c := range []struct {
		family string
		seed   uint64
		want   Status
	}{{"moods", 1011319, Undetermined}, {"random-in-band", 1011304, Determined}} {
		run := familyCaseOf(t, c.family, c.seed).Run
		if v := Explain(virtual.Until(run, virtual.RefusedAt(run)[49])).Verdict; v.Status != c.want {
			t.Errorf("%s: %s, %s", c.family, v.Status, v.Says)
		}
	}
}
