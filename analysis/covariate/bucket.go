package covariate

import (
	"math"

	"why403/analysis/evidence"
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
	slack := rate * m.jitter.Seconds()
	perNanosecond := rate / 1e9
	for l := range m.labels() {
		var level, guessed float64 // of its tokens so many may have been taken or not
		for k := m.begins[l]; k < m.begins[l+1]; k++ {
			drained := level // below 0 once it has been empty for a while
			if k > m.begins[l] {
				drained -= perNanosecond * float64(m.at[k]-m.at[k-1])
			}
			v := max(0, drained)
			most := drained
			if above[k] > 0 {
				most = v + float64(above[k])
			}
			low, high := drained-float64(below[k])-slack-guessed, most+slack+guessed
			i := m.who[k]
			out.Lo[i], out.Mid[i], out.Hi[i] = units(low), units(v), units(high)
			level = m.after(k, v, room)
			guessed = 0
			if m.spent != nil && m.spent[i] && low <= room-1 && room-1 < high {
				guessed = 1
			}
		}
	}
	return out
}

// Spending returns a counter for buckets in front of another mechanism: what that one
// refuses has taken a token too, if there was one.
func (m *Counter) Spending(refusedElsewhere []bool) *Counter {
	c := *m
	c.spent = refusedElsewhere
	return &c
}

// after is the level after the attempt at k, which found a level. Whether an upgrade that was
// refused elsewhere took a token is guessed, so what became of the others sets the level
// right: one that was let through found a token, one that was refused found none.
func (m *Counter) after(k int32, level, room float64) float64 {
	switch {
	case m.counted[k] && m.spent != nil:
		return min(level, room-1) + 1
	case m.counted[k]:
		return level + 1
	case m.spent == nil:
		return level
	case !m.spent[m.who[k]]:
		return max(level, room-1)
	case level <= room-1:
		return level + 1
	}
	return level
}

// units returns a level in units, rounded up, at most what an int32 takes: a whole
// threshold is passed as soon as the level is over it.
func units(v float64) int32 {
	const most = 1 << 24
	switch {
	case v <= 0:
		return 0
	case v >= most*BucketUnit:
		return most
	}
	return int32(math.Ceil(v / BucketUnit))
}
