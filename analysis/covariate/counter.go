package covariate

import (
	"math"
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
	passed   []passing // in the order of the reading

	below, above []int32 // once worked out, see doubt

	spent []bool // refused by another mechanism behind a bucket, see Spending
}

// passing is an attempt that is counted.
type passing struct {
	at    capture.Instant
	label int32
	k     int32 // position in the order of the reading
}

// Counter returns a counter for labels 0 to n−1 by attempt, negative where unknown.
func (t *Table) Counter(labels []int32, n int, r Reading, counting Counting) *Counter {
	m := &Counter{t: t, labels: labels, n: n, counting: counting, jitter: t.Blur(r)}
	m.order, m.at = t.moments(r)
	counted := 0
	for _, i := range m.order {
		if m.counts(i) {
			counted++
		}
	}
	m.passed = make([]passing, 0, counted)
	for k, i := range m.order {
		if m.counts(i) {
			m.passed = append(m.passed, passing{m.at[k], labels[i], int32(k)})
		}
	}
	return m
}

// moments returns the positions of the attempts in the order of a reading, and when
// each was decided.
func (t *Table) moments(r Reading) ([]int32, []capture.Instant) {
	if r.ByRequest {
		return t.bySent, t.sentAt
	}
	return t.inOrder, t.answeredAt
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
	out := m.t.spareCounts()
	counts := make([]int32, m.n)
	order, moments, labels, passed := m.order, m.at, m.labels, m.passed
	in, gone := 0, 0
	for k, i := range order {
		at := moments[k]
		for in < len(passed) && passed[in].joins(join, at, int32(k)) {
			counts[passed[in].label]++
			in++
		}
		for leave != forever && gone < in && passed[gone].at.Add(leave) <= at {
			counts[passed[gone].label]--
			gone++
		}
		l := labels[i]
		if l < 0 {
			out[i] = 0
			continue
		}
		out[i] = counts[l]
		if join < 0 && m.counts(i) {
			out[i]-- // itself
		}
	}
	return out
}

// joins reports whether it has joined, so much later than it came, by the moment of the
// decision at k. At one moment the order is that of the reading.
func (p *passing) joins(later time.Duration, at capture.Instant, k int32) bool {
	joined := p.at.Add(later)
	return joined < at || joined == at && (later < 0 || p.k < k)
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
	return m.below, m.above
}

// ranges returns room for counts within bounds, with anything in it.
func (m *Counter) ranges() evidence.Range {
	return evidence.Range{Lo: m.t.spareCounts(), Mid: m.t.spareCounts(), Hi: m.t.spareCounts()}
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
