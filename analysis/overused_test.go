package analysis

import (
	"math/rand/v2"
	"testing"

	"why403/internal/sim/virtual"
)

// What was sent in place of a token is refused from its first time on, and not for being
// used often, though each token beside it is used once.
func TestPlaceholderIsNotOverused(t *testing.T) {
	scene := virtual.Scene{
		Seed:    3,
		Loads:   []virtual.Load{{Threads: 30, Over: 10, Until: 60, Hold: 4, Pause: 3, Spread: 0.5}},
		Network: virtual.Network{Way: 0.002, Jitter: 0.001},
		Tokens: virtual.Tokens{Mode: virtual.Fresh, Fail: func(r *rand.Rand, _ *virtual.Arrival) virtual.Fault {
			if r.IntN(4) == 0 {
				return virtual.Fault{Sent: "TOKEN_NOT_FOUND"}
			}
			return virtual.Fault{}
		}},
		Gateway: virtual.Gateway{Rules: []virtual.Rule{virtual.Missing()}, Work: 0.001},
	}
	f := explain(scene.Run())
	if f.Verdict.Status != Determined || f.Verdict.Causes[0].Cause != "token-missing" {
		t.Fatalf("%s: %s", f.Verdict.Status, f.Verdict.Says)
	}
	for _, h := range f.Hypotheses {
		if h.Cause == "token-overused" && (h.Counts.N11 > 0 || h.Probability > 1e-6) {
			t.Errorf("token-overused at %.3g explains %d: %s", h.Probability, h.Counts.N11, h.Says)
		}
	}
}
