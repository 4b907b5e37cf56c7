package covariate

import (
	"math"
	"time"

	"why403/analysis/evidence"
	"why403/capture"
)

// Trailing counts, for each attempt, those counted under its label within a window
// before it.
func (m *Counter) Trailing(window time.Duration) evidence.Range {
	j := min(m.jitter, window/4)
	out := m.ranges()
	for l := range m.labels() {
		early, late := m.passedUnder(l), m.passedUnder(l)
		first, gone, last := early, early, early // those that have left, allowing for the jitter
		before := int32(0)
		for k := m.begins[l]; k < m.begins[l+1]; k++ {
			i, left := m.who[k], m.at[k].Add(-window)
			sure, most := m.around(k, before, &early, &late, j)
			out.Lo[i] = max(0, sure-first.until(left.Add(j)))
			out.Mid[i] = before - gone.until(left)
			out.Hi[i] = most - last.until(left.Add(-j))
			if m.counted[k] {
				before++
			}
		}
	}
	return out
}

// Fixed counts, for each attempt, those counted under its label since the window it
// lies in began. Windows begin at phase and every window after it; phase is on the
// recording's clock.
func (m *Counter) Fixed(window time.Duration, phase capture.Instant) evidence.Range {
	begun, number := phase, int64(1<<40)
	return m.windowed(window, func(at capture.Instant, _ bool) (int64, time.Duration) {
		into := at.Sub(begun)
		if into < 0 || into >= window {
			passed := into / window
			if into%window < 0 {
				passed--
			}
			begun, number = begun.Add(passed*window), number+int64(passed)
			into -= passed * window
		}
		return number, into
	})
}

// FromFirst is as Fixed, but the window of a label begins with the first attempt
// after the last one has ended.
func (m *Counter) FromFirst(window time.Duration) evidence.Range {
	var start capture.Instant
	number := int64(0)
	return m.windowed(window, func(at capture.Instant, first bool) (int64, time.Duration) {
		if first || at.Sub(start) >= window {
			number++
			start = at
		}
		return number, at.Sub(start)
	})
}

// windowed counts within numbered windows. place returns the number of the window
// and how far in it a moment lies; moments under a label come in order, the first told.
func (m *Counter) windowed(window time.Duration, place func(at capture.Instant, first bool) (int64, time.Duration)) evidence.Range {
	below, above := m.doubt()
	out := m.ranges()
	for l := range m.labels() {
		var w windowCounts
		for k := m.begins[l]; k < m.begins[l+1]; k++ {
			number, into := place(m.at[k], k == m.begins[l])
			w.enter(number)
			i := m.who[k]
			lo, hi := max(0, w.now-below[k]), w.now+above[k]
			if into < m.jitter {
				hi = max(hi, w.before)
			}
			if window-into < m.jitter {
				lo = 0
			}
			out.Lo[i], out.Mid[i], out.Hi[i] = lo, w.now, hi
			if m.counted[k] {
				w.now++
			}
		}
	}
	return out
}

// windowCounts is what was counted in the window that runs and in the one before.
type windowCounts struct {
	number      int64
	now, before int32
}

func (w *windowCounts) enter(number int64) {
	if number == w.number {
		return
	}
	w.before = 0
	if number == w.number+1 {
		w.before = w.now
	}
	w.number, w.now = number, 0
}

// EstimateUnit is the resolution of the counts of [Counter.Estimated].
const EstimateUnit = 1.0 / 16

// Estimated is the count within a window before each attempt as whoever keeps fixed
// windows only estimates it: what was counted in the one that runs, and of the one before
// the share that a window before the moment still covers. The phase is known within ± off.
func (m *Counter) Estimated(window time.Duration, phase capture.Instant, off time.Duration) evidence.Range {
	below, above := m.doubt()
	out := m.ranges()
	out.Unit = EstimateUnit
	slack := (m.jitter + off).Seconds() / window.Seconds()
	for l := range m.labels() {
		var w windowCounts
		for k := m.begins[l]; k < m.begins[l+1]; k++ {
			into := m.at[k].Sub(phase)
			w.enter(int64(into/window) + 1)
			covered := 1 - float64(into%window)/float64(window)
			v, doubt := covered*float64(w.before)+float64(w.now), slack*float64(w.before)
			i := m.who[k]
			out.Mid[i] = estimate(v)
			out.Lo[i], out.Hi[i] = estimate(v-doubt-float64(below[k])), estimate(v+doubt+float64(above[k]))
			if m.counted[k] {
				w.now++
			}
		}
	}
	return out
}

// estimate returns a count in units, rounded down: a limit is reached by its own value.
func estimate(v float64) int32 { return int32(min(max(math.Floor(v/EstimateUnit), 0), 1<<24)) }
