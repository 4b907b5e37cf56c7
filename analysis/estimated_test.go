package analysis

import (
	"testing"

	"why403/internal/sim/virtual"
)

// What an estimate refuses is nearly what a sliding window or a bucket would, and neither.
func TestEstimatedWindowIsAQuota(t *testing.T) {
	scene := virtual.Scene{
		Seed:    3,
		Loads:   []virtual.Load{{Threads: 60, Shape: virtual.Random, Over: 20, Until: 90, Hold: 5, Pause: 6, Spread: 0.9}},
		Network: virtual.Network{Way: 0.002, Jitter: 0.001, Dates: 1, Skew: 3.3},
		Gateway: virtual.Gateway{Rules: []virtual.Rule{virtual.Estimated(35, 10, virtual.Global)}, Work: 0.001},
	}
	f := explain(scene.Run())
	if f.Verdict.Status != Determined || f.Verdict.Causes[0].Cause != "quota" || f.Verdict.Causes[0].Threshold.Value != 35 || f.Verdict.Causes[0].Window.Value != 10 {
		t.Errorf("%s: %s", f.Verdict.Status, f.Verdict.Says)
	}
}
