package analysis

import (
	"math"
	"testing"

	"why403/internal/sim/virtual"
)

// Tokens that say nothing of their age are refused alike long after their first use; how old they
// were then is not known.
func TestLifeOfOpaqueTokens(t *testing.T) {
	const life = 30.0
	scene := virtual.Scene{
		Seed: 2, Loads: []virtual.Load{{Threads: 20, Over: 40, Until: 200, Hold: 2, Pause: 3, Spread: 0.8}},
		Network: virtual.Network{Way: 0.002, Jitter: 0.001}, Tokens: virtual.Tokens{Mode: virtual.PerThread, Opaque: true, Life: life, Renew: 45},
		Gateway: virtual.Gateway{Rules: []virtual.Rule{virtual.Expired(0)}, Work: 0.001},
	}
	run := scene.Run()
	run.TokenRequests = nil
	f := explain(run)
	c := f.Verdict.Causes[0]
	if f.Verdict.Status != Undetermined || c.Cause != "token-too-old" || c.Probability < sure || math.Abs(c.Threshold.Value-life) > 1.5 {
		t.Errorf("%s: %s", f.Verdict.Status, f.Verdict.Says)
	}
	t.Log(f.Verdict.Says, c.Says)
}

// One token that is shared shows nothing but a moment.
func TestLifeOfOneOpaqueToken(t *testing.T) {
	scene := virtual.Scene{
		Seed: 2, Loads: []virtual.Load{{Threads: 20, Over: 40, Until: 100, Hold: 2, Pause: 3, Spread: 0.8}},
		Network: virtual.Network{Way: 0.002, Jitter: 0.001}, Tokens: virtual.Tokens{Mode: virtual.Shared, Opaque: true, Life: 55},
		Gateway: virtual.Gateway{Rules: []virtual.Rule{virtual.Expired(0)}, Work: 0.001},
	}
	run := scene.Run()
	run.TokenRequests = nil
	for _, h := range explain(run).Hypotheses {
		if h.Cause == "token-too-old" && h.Threshold != nil {
			t.Errorf("%s", h.Says)
		}
	}
}
