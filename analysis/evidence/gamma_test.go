package evidence

import (
	"math"
	"math/rand/v2"
	"testing"
)

// However the arguments come, near each other or not, ln Γ is that of the standard library.
func TestLogGammaOfNeighbours(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var g logGamma
	x := 0.2
	for i := range 200_000 {
		switch {
		case i%5000 == 0:
			x = math.Exp(16 * rng.Float64())
		case rng.IntN(20) == 0:
			// the same again
		default:
			x = max(0.2, x+2*rng.Float64()-0.98)
		}
		want, _ := math.Lgamma(x)
		if got := g.of(x); math.Abs(got-want) > 1e-11*max(1, math.Abs(want)) {
			t.Fatalf("ln Γ(%v) = %v after %d steps, want %v", x, got, g.steps, want)
		}
	}
}
