package analysis

import (
	"math"
	"testing"

	"why403/internal/sim/virtual"
)

// One ban begins in the ramp, when upgrades come slowly, the others in bursts: the window
// that explains all lies between the steps in which windows are tried.
func TestBanWindowBetweenSteps(t *testing.T) {
	scene := virtual.Scene{
		Seed:    1,
		Loads:   []virtual.Load{{Threads: 30, Over: 6, Until: 20, Hold: 0.7, Pause: 0.5, Spread: 0.65}},
		Network: virtual.Network{Way: 0.0002, Jitter: 0.0003, Dates: 1}, Tokens: virtual.Tokens{Mode: virtual.PerThread},
		Gateway: virtual.Gateway{Work: 0.0005, Rules: []virtual.Rule{virtual.Ban{N: 25, Window: 1, Time: 2.7, Key: virtual.PerSource}.Rule()}},
	}
	f := Explain(scene.Run())
	if f.Verdict.Status != Determined || f.Verdict.Causes[0].Cause != "source-ban" {
		t.Fatalf("%s: %s", f.Verdict.Status, f.Verdict.Says)
	}
	c := f.Verdict.Causes[0]
	if c.Threshold.Value != 25 || math.Abs(c.Window.Value-1) > 0.1 || math.Abs(c.Lasts.Value-2.7) > 0.05 {
		t.Errorf("more than %v in %v s for %v s, want 25 in 1 s for 2.7 s", c.Threshold.Value, c.Window.Value, c.Lasts.Value)
	}
}
