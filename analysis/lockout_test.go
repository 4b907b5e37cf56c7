package analysis

import (
	"math/rand/v2"
	"testing"

	"why403/internal/sim/virtual"
)

// A source that is kept out after its expired tokens were refused is no quota: what counts
// is what was refused.
func TestLockoutAfterRefusals(t *testing.T) {
	const forgiven, within, lasts = 3, 20, 9
	lockout := func(c *virtual.Clock) virtual.Judge {
		until, failed := map[string]float64{}, map[string][]float64{}
		return virtual.Judge{Refuse: func(a *virtual.Arrival) bool {
			k, now := a.Source.String(), c.Now()
			if now < until[k] {
				return true
			}
			if a.Path != "/bad" {
				return false
			}
			failed[k] = append(failed[k], now)
			for failed[k][0] <= now-within {
				failed[k] = failed[k][1:]
			}
			if len(failed[k]) > forgiven {
				until[k], failed[k] = now+lasts, nil
			}
			return true
		}}
	}
	scene := virtual.Scene{
		Seed: 5, Loads: []virtual.Load{{Threads: 60, Over: 20, Until: 150, Hold: 4, Pause: 5, Spread: 0.9}},
		Network: virtual.Network{Way: 0.002, Jitter: 0.001},
		Cast: virtual.Cast{Sources: 6, Attempt: func(r *rand.Rand, a *virtual.Arrival) {
			if r.IntN(10) == 0 {
				a.Path = "/bad"
			}
		}},
		Gateway: virtual.Gateway{Rules: []virtual.Rule{lockout}, Work: 0.001},
	}
	f := explain(scene.Run())
	if f.Verdict.Status != Determined || len(f.Verdict.Causes) != 2 {
		for _, h := range f.Hypotheses[:6] {
			t.Log(h.Cause, h.Scope, h.Probability, h.LogEvidence, h.Counts, h.Says)
		}
		t.Fatalf("%s: %s", f.Verdict.Status, f.Verdict.Says)
	}
	for _, c := range f.Verdict.Causes {
		if c.Cause == "source-ban" && (c.Threshold.Value != forgiven || c.Lasts.Low > lasts || c.Lasts.High < lasts) || c.Cause != "source-ban" && c.Cause != "attribute" {
			t.Errorf("%s: %s", c.Cause, c.Says)
		}
	}
}

// A recording of seconds has room for no ban that ends.
func TestLockoutInNoTime(t *testing.T) {
	scene := virtual.Scene{
		Seed: 1, Loads: []virtual.Load{{Threads: 30, Over: 0.5, Until: 0.7, Hold: 0.2, Pause: 0.1, Spread: 0.9}},
		Network: virtual.Network{Way: 0.002, Jitter: 0.001},
		Cast:    virtual.Cast{Sources: 3},
		Gateway: virtual.Gateway{Rules: []virtual.Rule{virtual.Ban{N: 2, Window: 0.1, Time: 0.2, Key: virtual.PerSource}.Rule()}, Work: 0.001},
	}
	s := newStudy(scene.Run())
	s.forced = make([]bool, len(s.table.Attempts))
	for _, p := range s.parts {
		if h := s.lockout(p, "source"); h != nil {
			t.Errorf("%s: %s", p.Scope, h.cause.name)
		}
	}
}
