package covariate

import (
	"math"
	"slices"
	"time"

	"why403/analysis/evidence"
	"why403/capture"
)

// Counting says what is counted: the upgrades that were let through, or every attempt.
type Counting bool

const (
	LetThrough  Counting = false
	AllAttempts Counting = true
)

// Counter counts, for each decision of a table in the order of a reading, what came
// before it under its label.
type Counter struct {
	t        *Table
	labels   []int32
	n        int
	order    []int32 // positions in Attempts
	at       []capture.Instant
	counting Counting
	jitter   time.Duration

	below, above []int32 // once worked out, see doubt
}

// Counter returns a counter for labels 0 to n−1 by attempt, negative where unknown.
func (t *Table) Counter(labels []int32, n int, r Reading, counting Counting) *Counter {
	m := &Counter{t: t, labels: labels, n: n, counting: counting, jitter: t.Jitter}
	m.order = t.inOrder
	if r.ByRequest {
		m.order = t.bySent
	}
	m.at = t.answeredAt
	if r.ByRequest {
		m.at = t.sentAt
	}
	return m
}

// Counting is what the counter counts.
func (m *Counter) Counting() Counting { return m.counting }

// counts reports whether an attempt is counted.
func (m *Counter) counts(i int32) bool {
	return m.labels[i] >= 0 && (m.counting == AllAttempts || !m.t.Refused[i])
}

// within counts, for each attempt, those counted under its label that joined by its
// moment and have not left, each join and leave shifted in time from its own.
// forever as leave means never.
func (m *Counter) within(join, leave time.Duration) []int32 {
	out := make([]int32, len(m.order))
	counts := make([]int32, m.n)
	in, gone := 0, 0
	for k, i := range m.order {
		at := m.at[k]
		for in < len(m.order) && (m.at[in].Add(join) < at || m.at[in].Add(join) == at && (join < 0 || in < k)) {
			if j := m.order[in]; m.counts(j) {
				counts[m.labels[j]]++
			}
			in++
		}
		for leave != forever && gone < in && m.at[gone].Add(leave) <= at {
			if j := m.order[gone]; m.counts(j) {
				counts[m.labels[j]]--
			}
			gone++
		}
		if l := m.labels[i]; l >= 0 {
			out[i] = counts[l]
			if join < 0 && in > k && m.counts(i) {
				out[i]-- // itself
			}
		}
	}
	return out
}

const forever = time.Duration(math.MaxInt64)

// doubt returns for each attempt how many of those counted before it may have come
// after it, and how many after it before.
func (m *Counter) doubt() (below, above []int32) {
	if m.below == nil {
		exact, sure, atMost := m.within(0, forever), m.within(m.jitter, forever), m.within(-m.jitter, forever)
		for i := range exact {
			sure[i], atMost[i] = exact[i]-sure[i], atMost[i]-exact[i]
		}
		m.below, m.above = sure, atMost
	}
	return slices.Clone(m.below), slices.Clone(m.above)
}

// unknown marks attempts without a label as undecidable.
func (m *Counter) unknown(r evidence.Range) evidence.Range {
	for i, l := range m.labels {
		r.Lo[i] = max(r.Lo[i], 0)
		if l < 0 {
			r.Lo[i], r.Mid[i], r.Hi[i] = 0, 0, math.MaxInt32
		}
	}
	return r
}

// Trailing counts, for each attempt, those counted under its label within a window
// before it.
func (m *Counter) Trailing(window time.Duration) evidence.Range {
	j := min(m.jitter, window/4)
	out := evidence.Range{Mid: m.within(0, window), Lo: m.within(j, window-j), Hi: m.within(-j, window+j)}
	return m.unknown(out)
}

// Fixed counts, for each attempt, those counted under its label since the window it
// lies in began. Windows begin at phase and every window after it; phase is on the
// recording's clock.
func (m *Counter) Fixed(window time.Duration, phase capture.Instant) evidence.Range {
	return m.windowed(func(int32, capture.Instant) (int64, time.Duration) { return 0, 0 }, window, phase)
}

// FromFirst is as Fixed, but the window of a label begins with the first attempt
// after the last one has ended.
func (m *Counter) FromFirst(window time.Duration) evidence.Range {
	starts := make([]capture.Instant, m.n)
	number := make([]int64, m.n)
	return m.windowed(func(l int32, at capture.Instant) (int64, time.Duration) {
		if number[l] == 0 || at.Sub(starts[l]) >= window {
			number[l]++
			starts[l] = at
		}
		return number[l], at.Sub(starts[l])
	}, window, 0)
}

// windowed counts within numbered windows. place returns the number of the window
// of a label and how far in it a moment lies; if phase is set it is not asked.
func (m *Counter) windowed(place func(int32, capture.Instant) (int64, time.Duration), window time.Duration, phase capture.Instant) evidence.Range {
	below, above := m.doubt()
	out := evidence.Range{Lo: below, Mid: make([]int32, len(m.order)), Hi: above}
	counts, before, last := make([]int32, m.n), make([]int32, m.n), make([]int64, m.n)
	for k, i := range m.order {
		l := m.labels[i]
		if l < 0 {
			continue
		}
		var number int64
		var into time.Duration
		if phase.Seen() {
			since := m.at[k].Sub(phase)
			number = int64(since/window) + 1<<40
			if into = since % window; into < 0 {
				into += window
				number--
			}
		} else {
			number, into = place(l, m.at[k])
		}
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

// BucketUnit is the resolution of the levels of [Counter.Bucket].
const BucketUnit = 1.0 / 16

// Bucket returns the level of a leaky bucket under each attempt's label when it was
// decided: each attempt that was let through adds one, and rate a second leak out.
// A token bucket of the same rate with room for b tokens is empty where the level is
// over b − 1.
func (m *Counter) Bucket(rate float64) evidence.Range {
	below, above := m.doubt()
	out := evidence.Range{Lo: below, Mid: make([]int32, len(m.order)), Hi: above, Unit: BucketUnit}
	level := make([]float64, m.n)
	last := make([]capture.Instant, m.n)
	slack := rate * m.jitter.Seconds()
	for k, i := range m.order {
		l := m.labels[i]
		if l < 0 {
			continue
		}
		if last[l].Seen() {
			level[l] = max(0, level[l]-rate*m.at[k].Sub(last[l]).Seconds())
		}
		last[l] = m.at[k]
		v := level[l]
		out.Lo[i] = units(v - float64(below[i]) - slack)
		out.Hi[i] = units(v + float64(above[i]) + slack)
		out.Mid[i] = units(v)
		if m.counts(i) {
			level[l]++
		}
	}
	return m.unknown(out)
}

// units returns a level in whole units, at most what an int32 takes.
func units(v float64) int32 {
	return int32(min(max(math.Floor(v/BucketUnit), 0), 1<<24))
}

// Turn is a change from refusals to an acceptance under one label.
type Turn struct {
	Label int32
	// First and Last are the refusals in a row that came before, Accepted the
	// acceptance after them; 0 if none came.
	First, Last, Accepted capture.Instant
	Longest               time.Duration // the longest pause between two of the refusals
	Refusals              int
}

// Turns returns the runs of refusals under each label in the order in which they
// end, those that do not end last. Attempts marked in without are passed over.
func (t *Table) Turns(labels []int32, n int, without []bool) []Turn {
	running := make([]Turn, n)
	var turns []Turn
	for i := range t.Attempts {
		l := labels[i]
		if l < 0 || without != nil && without[i] {
			continue
		}
		at, run := t.Attempts[i].Answered, &running[l]
		switch {
		case t.Refused[i] && run.Refusals == 0:
			*run = Turn{Label: l, First: at, Last: at, Refusals: 1}
		case t.Refused[i]:
			run.Longest = max(run.Longest, at.Sub(run.Last))
			run.Last = at
			run.Refusals++
		case run.Refusals > 0:
			run.Accepted = at
			turns = append(turns, *run)
			run.Refusals = 0
		}
	}
	for _, run := range running {
		if run.Refusals > 0 {
			turns = append(turns, run)
		}
	}
	return turns
}
