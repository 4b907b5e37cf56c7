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
// over b − 1.
func (m *Counter) Bucket(rate float64) evidence.Range {
	below, above := m.doubt()
	out := m.ranges()
	out.Unit = BucketUnit
	level := make([]float64, m.n)
	last := make([]capture.Instant, m.n)
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
		out.Lo[i], out.Mid[i], out.Hi[i] = units(drained-float64(below[i])-slack), units(v), units(most+slack)
		if m.counts(i) {
			level[l]++
		}
	}
	return m.unknown(out)
}

// units returns a level in units, rounded up, at most what an int32 takes: a whole
// threshold is passed as soon as the level is over it.
func units(v float64) int32 {
	return int32(min(max(math.Ceil(v/BucketUnit), 0), 1<<24))
}
