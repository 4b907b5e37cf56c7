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
	m.trail(out, [3]trail{{join: j, leave: window - j}, {join: 0, leave: window}, {join: -j, leave: window + j}})
	return m.unknown(out)
}

// Fixed counts, for each attempt, those counted under its label since the window it
// lies in began. Windows begin at phase and every window after it; phase is on the
// recording's clock.
func (m *Counter) Fixed(window time.Duration, phase capture.Instant) evidence.Range {
	begun, number := phase, int64(1<<40)
	return m.windowed(window, func(_ int32, at capture.Instant) (int64, time.Duration) {
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
	starts := make([]capture.Instant, m.n)
	number := make([]int64, m.n)
	return m.windowed(window, func(l int32, at capture.Instant) (int64, time.Duration) {
		if number[l] == 0 || at.Sub(starts[l]) >= window {
			number[l]++
			starts[l] = at
		}
		return number[l], at.Sub(starts[l])
	})
}

// windowed counts within numbered windows. place returns the number of the window
// of a label and how far in it a moment lies; moments come in order.
func (m *Counter) windowed(window time.Duration, place func(int32, capture.Instant) (int64, time.Duration)) evidence.Range {
	below, above := m.doubt()
	out := m.ranges()
	counts, before, last := make([]int32, m.n), make([]int32, m.n), make([]int64, m.n)
	for k, i := range m.order {
		l := m.labels[i]
		if l < 0 {
			continue
		}
		number, into := place(l, m.at[k])
		if number != last[l] {
			before[l] = 0
			if number == last[l]+1 {
				before[l] = counts[l]
			}
			last[l], counts[l] = number, 0
		}
		count := counts[l]
		out.Mid[i] = count
		out.Lo[i], out.Hi[i] = count-below[i], count+above[i]
		if into < m.jitter && number > 1 {
			out.Hi[i] = max(out.Hi[i], before[l])
		}
		if window-into < m.jitter {
			out.Lo[i] = 0
		}
		if m.counts(i) {
			counts[l]++
		}
	}
	return m.unknown(out)
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
	counts, before, last := make([]int32, m.n), make([]int32, m.n), make([]int64, m.n)
	slack := (m.jitter + off).Seconds() / window.Seconds()
	for k, i := range m.order {
		l := m.labels[i]
		if l < 0 {
			continue
		}
		into := m.at[k].Sub(phase)
		number := int64(into/window) + 1
		if number != last[l] {
			before[l] = 0
			if number == last[l]+1 {
				before[l] = counts[l]
			}
			last[l], counts[l] = number, 0
		}
		covered := 1 - float64(into%window)/float64(window)
		v, doubt := covered*float64(before[l])+float64(counts[l]), slack*float64(before[l])
		out.Mid[i] = estimate(v)
		out.Lo[i], out.Hi[i] = estimate(v-doubt-float64(below[i])), estimate(v+doubt+float64(above[i]))
		if m.counts(i) {
			counts[l]++
		}
	}
	return m.unknown(out)
}

// estimate returns a count in units, rounded down: a limit is reached by its own value.
func estimate(v float64) int32 { return int32(min(max(math.Floor(v/EstimateUnit), 0), 1<<24)) }
