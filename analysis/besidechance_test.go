package analysis

import (
	"slices"
	"testing"

	"why403/internal/sim/virtual"
)

// Where a limit lets through, chance may refuse: both are named. What refuses there every so
// often, or in stretches, is no chance, and neither is another limit.
func TestChanceBesideALimit(t *testing.T) {
	const most = 22
	for name, c := range map[string]struct {
		beside virtual.Rule
		want   []string // determined; nil if chance must not be
	}{
		"chance":            {virtual.Chance(0.14), []string{"concurrency-cap", "random"}},
		"accidents":         {virtual.Chance(0.01), []string{"concurrency-cap"}},
		"every so often":    {virtual.EveryNth(6), nil},
		"in stretches":      {virtual.Moody(0.004, 0.03, virtual.Global), nil},
		"one key's chances": {virtual.Where(func(a *virtual.Arrival) bool { return a.Edge == 1 }, 0.4), nil},
	} {
		scene := virtual.Scene{
			Seed: 8, Loads: []virtual.Load{{Threads: 50, Over: 25, Until: 120, Hold: 6, Pause: 4, Spread: 0.9}},
			Network: virtual.Network{Way: 0.002, Jitter: 0.001}, Cast: virtual.Cast{Sources: 4, Edges: 3},
			Gateway: virtual.Gateway{Rules: []virtual.Rule{c.beside, virtual.Cap{N: most, Key: virtual.Global}.Rule()}, Work: 0.001},
		}
		v := Explain(scene.Run()).Verdict
		var names []string
		for _, c := range v.Causes {
			names = append(names, c.Cause)
		}
		determined := v.Status == Determined
		t.Log(name, v.Status, v.Says)
		if c.want != nil && (!determined || !slices.Equal(names, c.want)) || c.want == nil && determined && slices.Contains(names, "random") {
			t.Errorf("%s: %s: %s", name, v.Status, v.Says)
		}
	}
}

// What two servers refuse while one of them has room, each of either, is as good as chance beside one limit.
func TestChanceBesideALimitIsNoTwoServers(t *testing.T) {
	run := familyCaseOf(t, "two-shards", 1011309).Run
	if v := Explain(virtual.Until(run, virtual.RefusedAt(run)[199])).Verdict; v.Status == Determined {
		t.Error(v.Says)
	}
}

// Chance beside both takes nothing from what makes a quota a rival of a limit that counts closed
// sockets on.
func TestChanceBesideLeavesRivals(t *testing.T) {
	s := &study{}
	beside := func(h *hypothesis, p float64) candidate {
		h.predicted = prediction{toRefuse, toAccept}
		h.counts = Counts{N11: 414, N01: 40, N00: 360}
		return candidate{best: s.besideChance(h), probability: p}
	}
	limit := beside(&hypothesis{cause: concurrencyCap, linger: &Threshold{}}, 0.998)
	window := beside(&hypothesis{cause: quota, window: &Threshold{}}, 0.001)
	if !s.rivalled(limit, []candidate{limit, window}) {
		t.Error("a quota is no rival")
	}
	if limit.best.butChance().counts.N01 != 40 || limit.best.counts.wrong() != 0 {
		t.Errorf("%+v beside chance, %+v without", limit.best.counts, limit.best.butChance().counts)
	}
}

// Where many try for the place that a limit gives back, answers that come the other way round leave
// refusals over that look like chance.
func TestOvertakenRefusalsAreNoChance(t *testing.T) {
	v := Explain(familyCaseOf(t, "bucket-retried", 1011611).Run).Verdict
	if v.Status != Determined || len(v.Causes) != 1 || v.Causes[0].Cause != "rate-limit" {
		t.Errorf("%s: %s", v.Status, v.Says)
	}
}

// What a second limit refuses, if it is too little to be named, is no chance either.
func TestASecondLimitIsNoChance(t *testing.T) {
	v := Explain(familyCaseOf(t, "cap-per-token-and-global", 1011711).Run).Verdict
	for _, c := range v.Causes {
		if v.Status == Determined && c.Cause == "random" {
			t.Error(v.Says)
		}
	}
}
