package covariate

import (
	"math"

	"why403/analysis/evidence"
	"why403/capture"
)

// BucketUnit is the resolution of the levels of [Counter.Bucket].
const BucketUnit = 1.0 / 16

// Bucket returns the level of a leaky bucket under each attempt's label when it was
// decided: each attempt that was let through adds one, and rate a second leak out.
// A token bucket of the same rate with room for b tokens is empty where the level is
// over b − 1. Of what was refused elsewhere, see [Counter.Spending], the room for tokens
// tells whether it took one.
func (m *Counter) Bucket(rate, room float64) evidence.Range {
	below, above := m.doubt()
	out := m.ranges()
	out.Unit = BucketUnit
	level := make([]float64, m.n)
	last := make([]capture.Instant, m.n)
	guessed := make([]float64, m.n) // tokens that may have been taken or not
	slack := rate * m.jitter.Seconds()
	for k, i := range m.order {
		l := m.labels[i]
		if l < 0 {
			continue
		}
		drained := level[l] // below 0 once it has been empty for a while
		if last[l].Seen() {
			drained -= rate * m.at[k].Sub(last[l]).Seconds()
		}
		last[l] = m.at[k]
		v := max(0, drained)
		level[l] = v
		most := drained
		if above[i] > 0 {
			most = v + float64(above[i])
		}
		low, high := drained-float64(below[i])-slack-guessed[l], most+slack+guessed[l]
		out.Lo[i], out.Mid[i], out.Hi[i] = units(low), units(v), units(high)
		level[l] = m.after(i, v, room)
		guessed[l] = 0
		if m.spent != nil && m.spent[i] && low <= room-1 && room-1 < high {
			guessed[l] = 1
		}
	}
	return m.unknown(out)
}

// Spending returns a counter for buckets in front of another mechanism: what that one
// refuses has taken a token too, if there was one.
func (m *Counter) Spending(refusedElsewhere []bool) *Counter {
	c := *m
	c.spent = refusedElsewhere
	return &c
}

// after is the level after an attempt that found a level. Whether an upgrade that was
// refused elsewhere took a token is guessed, so what became of the others sets the level
// right: one that was let through found a token, one that was refused found none.
func (m *Counter) after(i int32, level, room float64) float64 {
	switch {
	case m.counts(i) && m.spent != nil:
		return min(level, room-1) + 1
	case m.counts(i):
		return level + 1
	case m.spent == nil:
		return level
	case !m.spent[i]:
		return max(level, room-1)
	case level <= room-1:
		return level + 1
	}
	return level
}

// units returns a level in units, rounded up, at most what an int32 takes: a whole
// threshold is passed as soon as the level is over it.
func units(v float64) int32 {
	return int32(min(max(math.Ceil(v/BucketUnit), 0), 1<<24))
}
