package analysis

import (
	"math"
	"testing"

	"why403/internal/sim/virtual"
)

// A refusal after which its source is let through began no ban: something else refused it.
func TestStrayRefusalBeginsNoBan(t *testing.T) {
	const lasts = 40
	for seed := uint64(1); seed < 4; seed++ {
		scene := virtual.Scene{
			Seed:    seed,
			Loads:   []virtual.Load{{Threads: 16, Over: 30, Until: 400, Hold: 3, Pause: 9, Spread: 0.9}},
			Network: virtual.Network{Way: 0.002, Jitter: 0.001}, Tokens: virtual.Tokens{Mode: virtual.PerThread},
			Gateway: virtual.Gateway{Work: 0.001, Rules: []virtual.Rule{
				virtual.Ban{N: 3, Window: 1, Time: lasts, Key: virtual.PerSource}.Rule(), virtual.Chance(0.012),
			}},
		}
		f := explain(scene.Run())
		if h := f.Hypotheses[0]; h.Cause != "source-ban" || math.Abs(h.Lasts.Value-lasts) > 3 {
			t.Errorf("seed %d: %s leads: %s", seed, h.Cause, h.Says)
		}
	}
}
