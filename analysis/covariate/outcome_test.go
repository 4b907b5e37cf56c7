package covariate

import (
	"testing"
	"time"

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
		{"nor does who left at once", map[capture.Outcome]int{capture.ClientGone: 50}, Silence{}},
	} {
		if got := silence(run(c.outcomes)); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// Who left is refused if he waited clearly longer than any answer took, and more did.
func TestWhoLeft(t *testing.T) {
	attempts := func(n int, o capture.Outcome, wait time.Duration) (list []*capture.Upgrade) {
		for range n {
			u := &capture.Upgrade{Outcome: o, Phases: capture.Phases{RequestSent: 1}}
			u.Phases.ResponseEnd = u.Phases.RequestSent.Add(wait)
			list = append(list, u)
		}
		return list
	}
	answered := attempts(100, capture.Accepted, 2*time.Second)
	for _, c := range []struct {
		name string
		left []*capture.Upgrade
		want time.Duration
	}{
		{"at once", attempts(50, capture.ClientGone, 10*time.Millisecond), 0},
		{"not much longer than an answer takes", attempts(50, capture.ClientGone, 3*time.Second), 0},
		{"few", attempts(4, capture.ClientGone, 10*time.Second), 0},
		{"in number", append(attempts(50, capture.ClientGone, 10*time.Second), attempts(9, capture.ClientGone, time.Second)...), 4 * time.Second},
	} {
		s := silence(&capture.Run{Upgrades: append(c.left, answered...)})
		if s.LeftAfter != c.want {
			t.Errorf("%s: counts after %v, want %v", c.name, s.LeftAfter, c.want)
		}
		if last := c.left[len(c.left)-1]; c.want > 0 && (!s.Refuses(c.left[0]) || s.Refuses(last)) {
			t.Errorf("%s: %v and %v", c.name, s.Refuses(c.left[0]), s.Refuses(last))
		}
	}
}
