package covariate

import (
	"time"

	"why403/analysis/evidence"
)

// trail is a window that passes over what is counted: each joins it so long after it
// came, and leaves so long after.
type trail struct {
	join, leave time.Duration
	in, gone    int // how many have
}

// trail counts those within the windows for Lo, Mid and Hi before each attempt, as within
// does for one.
func (m *Counter) trail(out evidence.Range, windows [3]trail) {
	counts := make([][3]int32, m.n)
	moments, labels, passed := m.at, m.labels, m.passed
	for k, i := range m.order {
		at := moments[k]
		for w := range windows {
			t := &windows[w]
			for t.in < len(passed) && passed[t.in].joins(t.join, at, int32(k)) {
				counts[passed[t.in].label][w]++
				t.in++
			}
			for t.gone < t.in && passed[t.gone].at.Add(t.leave) <= at {
				counts[passed[t.gone].label][w]--
				t.gone++
			}
		}
		l := labels[i]
		if l < 0 {
			out.Lo[i], out.Mid[i], out.Hi[i] = 0, 0, 0
			continue
		}
		c := &counts[l]
		out.Lo[i], out.Mid[i], out.Hi[i] = c[0], c[1], c[2]
		if windows[2].join < 0 && m.counts(i) {
			out.Hi[i]-- // itself
		}
	}
}
