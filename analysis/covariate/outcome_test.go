package covariate

import (
	"testing"

	"why403/capture"
)

// Upgrades without an answer are refusals only if they come in number.
func TestSilence(t *testing.T) {
	run := func(outcomes map[capture.Outcome]int) *capture.Run {
		r := &capture.Run{}
		for o, n := range outcomes {
			for range n {
				r.Upgrades = append(r.Upgrades, &capture.Upgrade{Outcome: o})
			}
		}
		return r
	}
	for _, c := range []struct {
		name     string
		outcomes map[capture.Outcome]int
		want     Silence
	}{
		{"none", map[capture.Outcome]int{capture.Accepted: 100}, Silence{}},
		{"four", map[capture.Outcome]int{capture.Accepted: 20, capture.Dropped: 4}, Silence{}},
		{"a fifth", map[capture.Outcome]int{capture.Accepted: 20, capture.Dropped: 5}, Silence{Dropped: true}},
		{"accidents of a long run", map[capture.Outcome]int{capture.Accepted: 1000, capture.Dropped: 10, capture.TimedOut: 30}, Silence{TimedOut: true}},
		{"who never arrived does not count", map[capture.Outcome]int{capture.Accepted: 100, capture.Unreached: 1000, capture.TimedOut: 10}, Silence{TimedOut: true}},
		{"nor does who left", map[capture.Outcome]int{capture.ClientGone: 50}, Silence{}},
	} {
		if got := silence(run(c.outcomes)); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}
