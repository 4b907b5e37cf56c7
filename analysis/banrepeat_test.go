package analysis

import (
	"testing"

	"why403/capture"
	"why403/internal/sim/virtual"
)

// A ban that comes again at the same count, while a second address is let through, needs no
// third; without that address anything that the load reaches may have begun both.
func TestBanRepeatedBesideAnother(t *testing.T) {
	load := virtual.Load{Threads: 30, Over: 15, Until: 160, Hold: 1, Pause: 2, Spread: 0.5}
	scene := virtual.Scene{
		Seed: 7, Loads: []virtual.Load{load, load}, Gap: 600, Network: virtual.Network{Way: 0.002, Jitter: 0.001},
		Gateway: virtual.Gateway{
			Rules: []virtual.Rule{virtual.Ban{N: 1000, Window: 500, Time: 30, Key: virtual.PerSource}.Rule()}, Work: 0.001,
		},
	}
	beside, _ := virtual.Scene{Loads: []virtual.Load{load}}.Experiment(probeSource, 0, 0)
	for _, c := range []struct {
		name   string
		second virtual.Load
		want   Status
	}{{"alone", load, Undetermined}, {"beside another", beside.Loads[1], Determined}} {
		scene.Loads[1] = c.second
		run, err := capture.Join(nil, scene.Recordings()...)
		if err != nil {
			t.Fatal(err)
		}
		f := explain(run)
		if f.Verdict.Status != c.want || f.Verdict.Causes[0].Cause != "source-ban" {
			t.Errorf("%s: %s: %s", c.name, f.Verdict.Status, f.Verdict.Says)
		}
	}
}
