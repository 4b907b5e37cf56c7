package analysis

import (
	"math"
	"strings"
	"testing"

	"why403/internal/sim/virtual"
)

// A limit that is compared with a count of some seconds ago refuses by the clock, and
// looks like a quota whose windows are twice as long. A quota begins to refuse when it
// is reached.
func TestRefreshIsNoQuota(t *testing.T) {
	const stale = 9.37
	scene := virtual.Scene{
		Seed: 3, Loads: []virtual.Load{{Threads: 60, Over: 20, Until: 180, Hold: 8, Pause: 6, Spread: 0.5}},
		Network: virtual.Network{Way: 0.003, Jitter: 0.002}, Tokens: virtual.Tokens{Mode: virtual.PerThread},
	}
	for name, c := range map[string]struct {
		rule virtual.Rule
		want string
	}{
		"refreshed": {virtual.Cap{N: 20, Stale: stale}.Rule(), "unknown"},
		"quota":     {virtual.Window{N: 40, Length: 2 * stale, Key: virtual.Global}.Rule(), "quota"},
	} {
		scene.Gateway = virtual.Gateway{Rules: []virtual.Rule{c.rule}, Work: 0.001}
		s := newStudy(scene.Run())
		h := s.weigh()[0]
		if h.cause.name != c.want {
			t.Errorf("%s: %s leads, as %s", name, h.cause.name, h.cause.story(s, h))
			continue
		}
		if c.want == "unknown" && (math.Abs(h.window.Value-stale) > 0.02*stale || !strings.Contains(unknown.story(s, h), "9.4 s")) {
			t.Errorf("%s: refreshed every %v", name, h.window)
		}
	}
}

// Spells are told from slips.
func TestSpells(t *testing.T) {
	s := newStudy(virtual.Scene{
		Seed: 1, Loads: []virtual.Load{{Threads: 20, Over: 5, Until: 60, Hold: 1, Pause: 1}},
		Network: virtual.Network{Way: 0.001, Jitter: 0.001},
		Gateway: virtual.Gateway{Rules: []virtual.Rule{virtual.Outage(20, 25), virtual.Outage(40, 44), virtual.Chance(0.01)}},
	}.Run())
	p := s.spells()
	if len(p.edges) != 4 {
		t.Fatalf("%d edges", len(p.edges))
	}
	for k, want := range []float64{20, 25, 40, 44} {
		if at := p.between(p.edges[k]); at.low > want+0.1 || at.high < want-0.1 {
			t.Errorf("edge %d within %v, want %v", k, at, want)
		}
	}
}
