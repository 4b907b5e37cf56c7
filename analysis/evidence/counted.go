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
	s := Steps{refused: refused, weight: weight, counts: true, unit: r.unit(), most: r.most(), scratch: scratches.Get().(*scratch)}
	if int(s.most) < len(r.Lo) {
		s.added = s.scratch.steps(int(s.most) + 2)
	} else {
		s.room(len(r.Lo))
	}
	for i, lo := range r.Lo {
		if lo == Forced {
			s.forced[outcome(refused[i])] += weight[i]
			continue
		}
		s.count(i, lo, min(r.Mid[i], s.most+1), min(r.Hi[i], s.most+1))
	}
	if s.added == nil {
		s.sort()
	}
	return s
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

// count notes the bounds of an attempt: more counts than attempts would take more memory
// than these in their order.
func (s *Steps) count(i int, counts ...int32) {
	for kind, count := range counts {
		if s.added != nil {
			s.add(&s.added[count], kind, int32(i))
		} else {
			s.marks[kind] = append(s.marks[kind], mark{float64(count) * s.unit, int32(i)})
		}
	}
}
