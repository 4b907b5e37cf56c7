package evidence

import "math"

// Range is covariates that are counts of a unit, each within bounds, by attempt.
type Range struct {
	Lo, Mid, Hi []int32
	Unit        float64 // 0 means 1
}

// Forced is the count of an attempt that another mechanism refuses.
const Forced = math.MaxInt32

// Value returns a count in its unit.
func (r Range) Value(count int32) float64 { return float64(count) * r.unit() }

func (r Range) unit() float64 {
	if r.Unit == 0 {
		return 1
	}
	return r.Unit
}

// Counted returns the steps of counts up to the largest Lo, in O(n): step i is the
// count i. No threshold above would surely refuse any attempt.
func Counted(r Range, refused []bool, weight []float64) Steps {
	s := Steps{counts: true, unit: r.unit(), most: r.most(), scratch: scratches.Get().(*scratch)}
	if n := len(r.Lo); int(s.most) < min(n, max(n/4, mostAdded)) {
		s.addCounts(r, refused, weight)
	} else {
		s.markCounts(r, refused, weight)
	}
	return s
}

// mostAdded counts are always added up if there are fewer than attempts. More of them are
// only where attempts are many more: a count takes nearly the memory of an attempt's marks.
const mostAdded = 1 << 16

// addCounts adds up the weights of attempts by count.
func (s *Steps) addCounts(r Range, refused []bool, weight []float64) {
	over := s.most + 1
	added := s.scratch.steps(int(over) + 1)
	s.added = added
	for i, lower := range r.Lo {
		o, w := outcome(refused[i]), weight[i]
		if lower == Forced {
			s.forced[o] += w
			continue
		}
		added[lower][lo][o] += w
		added[min(r.Mid[i], over)][mid][o] += w
		added[min(r.Hi[i], over)][hi][o] += w
	}
}

// markCounts notes the bounds of attempts: more counts than attempts would take more
// memory than these in their order.
func (s *Steps) markCounts(r Range, refused []bool, weight []float64) {
	s.room(len(r.Lo))
	for i, lower := range r.Lo {
		if lower == Forced {
			s.forced[outcome(refused[i])] += weight[i]
			continue
		}
		s.mark(signed(weight[i], refused[i]), float64(lower)*s.unit, float64(min(r.Mid[i], s.most+1))*s.unit, float64(min(r.Hi[i], s.most+1))*s.unit)
	}
	s.sort()
}

// most is the largest Lo.
func (r Range) most() int32 {
	var most int32
	for _, v := range r.Lo {
		if v < Forced {
			most = max(most, v)
		}
	}
	return most
}
