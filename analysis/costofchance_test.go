package analysis

import (
	"testing"

	"why403/internal/sim/virtual"
)

// A cause that is right about a refusal or two, and would let the rest through at chance's rate, is
// no rival of chance.
func TestChanceAloneBesideNearlyNothing(t *testing.T) {
	for _, seed := range []uint64{2, 10, 11, 21} {
		scene := virtual.Scene{
			Seed: seed, Loads: []virtual.Load{{Threads: 30, Over: 25, Until: 100, Hold: 6, Pause: 4, Spread: 0.9}},
			Network: virtual.Network{Way: 0.002, Jitter: 0.001}, Cast: virtual.Cast{Sources: 4, Edges: 3},
			Tokens:  virtual.Tokens{Mode: virtual.PerThread, Life: 40, Renew: 35},
			Gateway: virtual.Gateway{Rules: []virtual.Rule{virtual.Chance(0.1)}, Work: 0.001},
		}
		if v := explain(scene.Run()).Verdict; v.Status != Determined || v.Causes[0].Cause != "random" {
			t.Errorf("seed %d: %s: %s", seed, v.Status, v.Says)
		}
	}
}
