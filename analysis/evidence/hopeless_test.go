package evidence

import (
	"math/rand/v2"
	"testing"
)

// What is passed over changes nothing, and it is most of a long list of steps.
func TestHopelessStretchesWeighNothing(t *testing.T) {
	const limit, most = 900, 1200
	rng := rand.New(rand.NewPCG(9, 10))
	var obs []observation
	var r Range
	var refused []bool
	var weights, all []float64
	for range 4000 {
		lo := rng.Int32N(most)
		mid := lo + rng.Int32N(3)
		hi := mid + rng.Int32N(3)
		o := observation{Lo: float64(lo), Mid: float64(mid), Hi: float64(hi), Refused: mid >= limit, Weight: 0.5 + rng.Float64()/2}
		obs, refused, weights = append(obs, o), append(refused, o.Refused), append(weights, o.Weight)
		r.Lo, r.Mid, r.Hi = append(r.Lo, lo), append(r.Mid, mid), append(r.Hi, hi)
	}
	for v := range most + 6 {
		all = append(all, float64(v))
	}
	mass := Counts(1_000_000)
	evidence, best := brute(obs, all, mass)
	for name, steps := range map[string]Steps{"counted": Counted(r, refused, weights), "sorted": sorted(obs)} {
		passed, list := 0, steps.judged(steps.all(), mass)
		for _, stretch := range list {
			if stretch.hopeless {
				passed++
			}
		}
		got := Scan(steps, mass)
		near(t, name+" evidence", got.LogEvidence, evidence)
		near(t, name+" best", got.Best.LogLik, best)
		if 10*passed < 7*len(list) || len(list) < 10 {
			t.Errorf("%s: %d of %d stretches are passed over, want at least 7 of 10", name, passed, len(list))
		}
	}
}
