package analysis

import (
	"slices"
	"strings"
	"testing"

	"why403/capture"
	"why403/internal/sim/virtual"
)

// An outage of one host is not one of all, nor a quota that the host has used up.
func TestOutageOfOneHost(t *testing.T) {
	const from, until = 52, 61
	ofHost := func(host string) virtual.Rule {
		return func(c *virtual.Clock) virtual.Judge {
			return virtual.Judge{Refuse: func(a *virtual.Arrival) bool {
				return c.Now() >= from && c.Now() < until && a.Host == host
			}}
		}
	}
	scene := virtual.Scene{
		Seed: 2, Loads: []virtual.Load{{Threads: 40, Over: 20, Until: 110, Hold: 4, Pause: 4, Spread: 0.9}},
		Network: virtual.Network{Way: 0.002, Jitter: 0.001}, Cast: virtual.Cast{Hosts: 3},
	}
	for scope, rule := range map[string]virtual.Rule{"host": ofHost("gw2.example"), "global": virtual.Outage(from, until)} {
		scene.Gateway = virtual.Gateway{Rules: []virtual.Rule{rule}, Work: 0.001}
		f := explain(scene.Run())
		if f.Verdict.Status != Determined || f.Verdict.Causes[0].Cause != "outage" || f.Verdict.Causes[0].Scope != scope || slices.Contains(f.Verdict.Causes[0].ScopeEquivalent, "host") {
			t.Errorf("%s: %s: %s", scope, f.Verdict.Status, f.Verdict.Says)
		}
		t.Log(f.Verdict.Says)
	}
}

// Two outages of one host are one finding, and with a third a mechanism is possible.
func TestOutagesOfOneHost(t *testing.T) {
	times := [][2]float64{{31.7, 38.3}, {70.1, 81.9}, {99.3, 104.2}}
	for n := 2; n <= len(times); n++ {
		rule := func(c *virtual.Clock) virtual.Judge {
			return virtual.Judge{Refuse: func(a *virtual.Arrival) bool {
				return a.Host == "gw2.example" && slices.ContainsFunc(times[:n], func(t [2]float64) bool { return t[0] <= c.Now() && c.Now() < t[1] })
			}}
		}
		scene := virtual.Scene{
			Seed: 4, Loads: []virtual.Load{{Threads: 60, Over: 15, Until: 160, Hold: 4, Pause: 4, Spread: 0.9}},
			Network: virtual.Network{Way: 0.002, Jitter: 0.001}, Cast: virtual.Cast{Hosts: 3},
			Gateway: virtual.Gateway{Rules: []virtual.Rule{rule}, Work: 0.001},
		}
		f := explain(scene.Run())
		c := f.Verdict.Causes[0]
		if n == 2 && (f.Verdict.Status != Determined || c.Cause != "outage" || c.Scope != "host" || !strings.Contains(f.Verdict.Says, "gw2.example with 403 from 32 s")) {
			t.Errorf("two outages: %s: %s", f.Verdict.Status, f.Verdict.Says)
		}
		if n == 3 && (f.Verdict.Status == Determined || !slices.Contains(f.UndecidedBetween, "outage")) {
			t.Errorf("three outages: %s: %s", f.Verdict.Status, f.Verdict.Says)
		}
	}
}

// What carries no token from some moment on has no client or organisation either: that is no
// outage of these.
func TestNoOutageOfNoKey(t *testing.T) {
	r := plainRun(300, func(i int, u *capture.Upgrade, tok *capture.Token) {
		tok.ClientID, tok.Organisation = []string{"app-1", "app-2"}[i%2], []string{"org-1", "org-2"}[i%2]
		if i >= 80 && i%23 == 3 {
			*tok = capture.Token{Fingerprint: tok.Fingerprint, Kind: capture.Opaque, Algorithm: "RS256"}
			refuse(u, "")
		}
	})
	f := explain(r)
	if f.Verdict.Status != Determined || f.Verdict.Causes[0].Cause != "token-missing" {
		t.Errorf("%s: %s", f.Verdict.Status, f.Verdict.Says)
	}
	for _, h := range f.Hypotheses {
		if h.Cause == "outage" && h.Scope != "global" && h.Counts.N11 > 0 {
			t.Errorf("%s %s: %s", h.Cause, h.Scope, h.Says)
		}
	}
}
