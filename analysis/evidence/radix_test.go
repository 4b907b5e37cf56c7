package evidence

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestByValueSortsStably(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	special := []float64{0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.MaxFloat64, -math.SmallestNonzeroFloat64, 1, -1}
	for range 50 {
		list := make([]mark, rng.IntN(300))
		for i := range list {
			at := rng.NormFloat64() * math.Pow(10, float64(rng.IntN(20)-10))
			if rng.IntN(3) == 0 {
				at = special[rng.IntN(len(special))]
			}
			list[i] = mark{at, float64(i)}
		}
		want := slices.Clone(list)
		slices.SortStableFunc(want, func(a, b mark) int { return cmp.Compare(a.at, b.at) })
		if got, _ := byValue(list, make([]mark, len(list))); !slices.Equal(got, want) {
			t.Fatalf("sorted %v, want %v", got, want)
		}
	}
}
