package analysis

import (
	"math"
	"strings"
	"testing"

	"why403/internal/sim/virtual"
)

// Two outages are one finding, which says when each was; a third may be, and what goes on
// so is no accident.
func TestOutagesComeTwiceNotOftener(t *testing.T) {
	scene := virtual.Scene{
		Seed: 4, Loads: []virtual.Load{{Threads: 40, Over: 15, Until: 160, Hold: 6, Pause: 4, Spread: 0.5}},
		Network: virtual.Network{Way: 0.002, Jitter: 0.001},
	}
	var rules []virtual.Rule
	for k, at := range [][2]float64{{31.7, 38.3}, {70.1, 81.9}, {99.3, 104.2}, {121.7, 130.9}, {141.1, 144.9}} {
		rules = append(rules, virtual.Outage(at[0], at[1]))
		scene.Gateway = virtual.Gateway{Rules: rules, Work: 0.001}
		f := explain(scene.Run())
		switch n := k + 1; {
		case n == 2 && (f.Verdict.Status != Determined || len(f.Verdict.Causes) != 1 || f.Verdict.Causes[0].Cause != "outage"):
			t.Errorf("two outages: %s, %s", f.Verdict.Status, f.Verdict.Says)
		case n == 2 && !strings.Contains(f.Verdict.Says, "until 38 s, and from 1 min 11 s until 1 min 22 s"):
			t.Errorf("two outages: %s", f.Verdict.Says)
		case n == 3 && f.Verdict.Status == Determined:
			t.Errorf("three outages: %s", f.Verdict.Says)
		case n > 3 && f.Hypotheses[0].Cause != "unknown":
			t.Errorf("%d outages: %s leads", n, f.Hypotheses[0].Cause)
		}
	}
}

// Refusals that a recording begins with may be of a window that had filled up before; then one more stretch is
// the next.
func TestOutagesAreSeenToBegin(t *testing.T) {
	scene := virtual.Scene{
		Seed: 4, Loads: []virtual.Load{{Threads: 40, Over: 5, Until: 160, Hold: 6, Pause: 4, Spread: 0.5}},
		Network: virtual.Network{Way: 0.002, Jitter: 0.001},
	}
	for _, c := range []struct {
		outages    [][2]float64
		determined bool
	}{
		{[][2]float64{{0, 15.2}}, false},
		{[][2]float64{{0, 15.2}, {70.1, 81.9}}, false},
		{[][2]float64{{61.3, 72.2}, {103.4, 109.2}}, true},
	} {
		var rules []virtual.Rule
		for _, o := range c.outages {
			rules = append(rules, virtual.Outage(o[0], o[1]))
		}
		scene.Gateway = virtual.Gateway{Rules: rules, Work: 0.001}
		if v := explain(scene.Run()).Verdict; (v.Status == Determined) != c.determined {
			t.Errorf("%v: %s, %s", c.outages, v.Status, v.Says)
		}
	}
}

// What refuses after seconds is over when the last refusals are answered, and upgrades sent
// after them are let through before.
func TestOutageOfSlowRefusals(t *testing.T) {
	const from, until, slow = 52.3, 81.9, 5
	scene := virtual.Scene{
		Seed: 3, Loads: []virtual.Load{{Threads: 40, Over: 20, Until: 130, Hold: 4, Pause: 4, Spread: 0.9}},
		Network: virtual.Network{Way: 0.002, Jitter: 0.001},
		Gateway: virtual.Gateway{
			Rules: []virtual.Rule{virtual.Outage(from, until).With(virtual.Refusal{Status: 503, Latency: slow})}, Work: 0.001,
		},
	}
	f := explain(scene.Run())
	for _, h := range f.Hypotheses {
		if h.Cause == "outage" && h.Scope == "global" {
			if wrong := h.Counts.N10 + h.Counts.N01; wrong > 0 || math.Abs(h.Threshold.Value-from) > 1 {
				t.Errorf("from %v s, wrong about %d", h.Threshold.Value, wrong)
			}
			break
		}
	}
	if f.Hypotheses[0].Cause != "outage" {
		t.Errorf("%s: %s", f.Verdict.Status, f.Verdict.Says)
	}
}

// Refusals before an outage may have set it off: a breaker opens after some.
func TestOutageLeavesHardlyARefusalOver(t *testing.T) {
	run := familyCaseOf(t, "breaker", 11600).Run
	if v := Explain(virtual.Until(run, virtual.RefusedAt(run)[49])).Verdict; v.Status == Determined {
		t.Error(v.Says)
	}
}
