package analysis

import (
	"math"
	"testing"

	"why403/internal/sim/virtual"
)

// Where attempts are seldom, the places that closed sockets keep for a while are free again before
// the next attempts, and no wait stands out.
func TestLingerShorterThanPauses(t *testing.T) {
	const limit, linger = 30, 0.7
	scene := virtual.Scene{
		Seed: 2, Loads: []virtual.Load{{Threads: 36, Over: 60, Until: 600, Hold: 30, Pause: 6, Spread: 0.9}},
		Network: virtual.Network{Way: 0.001, Jitter: 0.0005},
		Gateway: virtual.Gateway{Rules: []virtual.Rule{virtual.Cap{N: limit, Linger: linger}.Rule()}, Work: 0.001},
	}
	f := explain(scene.Run())
	if f.Verdict.Status != Determined || f.Verdict.Causes[0].Cause != "concurrency-cap" || f.Verdict.Causes[0].Linger == nil {
		t.Fatalf("%s: %s", f.Verdict.Status, f.Verdict.Says)
	}
	if c := f.Verdict.Causes[0]; c.Threshold.Value != limit || math.Abs(c.Linger.Value-linger) > 0.02 {
		t.Errorf("%v for another %v s, want %v and %v s", c.Threshold.Value, c.Linger.Value, limit, linger)
	}
}
