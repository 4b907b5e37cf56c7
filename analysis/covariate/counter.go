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
// before it under its label. It goes through one label after the other, so that where it
// stands is all that there is to keep.
type Counter struct {
	t        *Table
	reading  Reading
	counting Counting
	jitter   time.Duration
	who      []int32           // positions in Attempts, label after label, in the order of the reading within each
	at       []capture.Instant // of who
	begins   []int32           // where each label begins in who, and last where all end
	nowhere  []int32           // attempts without a label
	counted  []bool            // of who
	passed   []capture.Instant // moments of those that are counted, as in who
	passes   []int32           // where each label begins in passed, and last where all end

	below, above []int32 // of who, once worked out, see doubt

	spent []bool // refused by another mechanism behind a bucket, see Spending
}

// Counter returns a counter for labels 0 to n−1 by attempt, negative where unknown.
func (t *Table) Counter(labels []int32, n int, r Reading, counting Counting) *Counter {
	m := &Counter{t: t, reading: r, counting: counting, jitter: t.Blur(r)}
	m.group(labels, n)
	m.counted, m.passes = make([]bool, len(m.who)), make([]int32, n+1)
	for l := range n {
		for k := m.begins[l]; k < m.begins[l+1]; k++ {
			m.counted[k] = counting == AllAttempts || !t.Refused[m.who[k]]
			if m.counted[k] {
				m.passes[l+1]++
			}
		}
		m.passes[l+1] += m.passes[l]
	}
	m.passed = make([]capture.Instant, 0, m.passes[n])
	for k, counted := range m.counted {
		if counted {
			m.passed = append(m.passed, m.at[k])
		}
	}
	return m
}

// group lays the attempts out label after label.
func (m *Counter) group(labels []int32, n int) {
	order, moments := m.t.moments(m.reading)
	m.begins = make([]int32, n+1)
	for i, l := range labels {
		if l < 0 {
			m.nowhere = append(m.nowhere, int32(i))
		} else {
			m.begins[l+1]++
		}
	}
	for l := range n {
		m.begins[l+1] += m.begins[l]
	}
	if n == 1 && len(m.nowhere) == 0 {
		m.who, m.at = order, moments
		return
	}
	next := slices.Clone(m.begins)
	m.who, m.at = make([]int32, m.begins[n]), make([]capture.Instant, m.begins[n])
	for k, i := range order {
		if l := labels[i]; l >= 0 {
			m.who[next[l]], m.at[next[l]] = i, moments[k]
			next[l]++
		}
	}
}

// moments returns the positions of the attempts in the order of a reading, and when
// each was decided.
func (t *Table) moments(r Reading) ([]int32, []capture.Instant) {
	if r.ByRequest {
		return t.bySent, t.sentAt
	}
	return t.inOrder, t.answeredAt
}

// labels is how many there are.
func (m *Counter) labels() int { return len(m.begins) - 1 }

// passing counts moments up to one that only moves on.
type passing struct {
	moments []capture.Instant
	n       int32
}

// passedUnder returns what is counted under a label.
func (m *Counter) passedUnder(l int) passing {
	return passing{moments: m.passed[m.passes[l]:m.passes[l+1]]}
}

func (p *passing) until(at capture.Instant) int32 {
	for int(p.n) < len(p.moments) && p.moments[p.n] <= at {
		p.n++
	}
	return p.n
}

// around returns how many of what is counted under a label came before the attempt at k, of
// which so many lie before it in order, for sure and at most, each off by a jitter.
func (m *Counter) around(k, before int32, early, late *passing, jitter time.Duration) (sure, most int32) {
	if jitter == 0 {
		return before, before
	}
	sure, most = early.until(m.at[k].Add(-jitter)), late.until(m.at[k].Add(jitter))
	if m.counted[k] {
		most-- // itself
	}
	return sure, most
}

// doubt returns, as in who, how many of those counted before an attempt may have come
// after it, and how many after it before.
func (m *Counter) doubt() (below, above []int32) {
	if m.below != nil {
		return m.below, m.above
	}
	m.below, m.above = make([]int32, len(m.who)), make([]int32, len(m.who))
	for l := range m.labels() {
		early, late := m.passedUnder(l), m.passedUnder(l)
		before := int32(0)
		for k := m.begins[l]; k < m.begins[l+1]; k++ {
			sure, most := m.around(k, before, &early, &late, m.jitter)
			m.below[k], m.above[k] = before-sure, most-before
			if m.counted[k] {
				before++
			}
		}
	}
	return m.below, m.above
}

// ranges returns room for counts within bounds, with anything in it but for attempts
// without a label, which are undecidable.
func (m *Counter) ranges() evidence.Range {
	r := evidence.Range{Lo: m.t.spareCounts(), Mid: m.t.spareCounts(), Hi: m.t.spareCounts()}
	for _, i := range m.nowhere {
		r.Lo[i], r.Mid[i], r.Hi[i] = 0, 0, math.MaxInt32
	}
	return r
}
