package evidence

import "math"

// Steps are the values at which the predictions of a threshold change, ascending,
// with the attempts whose Lo, Mid or Hi lies there. An attempt is surely refused by
// every threshold up to its Lo, surely accepted by every one above its Hi, and in doubt
// between; Mid is where it most likely changes.
//
// A million attempts have up to three million steps, so that only the attempts are kept,
// in their orders, and each [walk] adds up their weights; counts of which there are few
// are added up once.
type Steps struct {
	// forced are the weights of attempts that another mechanism refuses, whatever
	// the threshold; they count as predicted to be refused by every one.
	forced [2]float64
	marks  [kinds][]mark // by value

	counts bool // steps are all counts from 0 to most, each unit apart
	most   int32
	unit   float64
	added  []step // by count; nil if marks holds the attempts

	scratch *scratch
}

// The kinds of bounds of an attempt.
const (
	lo = iota
	mid
	hi
	kinds
)

// step is the weights of the attempts with a bound of each kind at one value, by outcome
// (0 accepted, 1 refused).
type step [kinds]weights

// weights are those of accepted and of refused attempts.
type weights [2]float64

func (w *weights) add(m mark) {
	if m.weight < 0 {
		w[1] -= m.weight
	} else {
		w[0] += m.weight
	}
}

// Bounds returns the covariate of an attempt: it lies in [lo, hi], most likely at mid.
// Three times +Inf is an attempt that another mechanism refuses.
type Bounds func(i int) (lo, mid, hi float64)

// Sorted returns the steps of the covariates of attempts in O(n).
func Sorted(of Bounds, refused []bool, weight []float64) Steps {
	s := Steps{scratch: scratches.Get().(*scratch)}
	s.room(len(refused))
	for i, r := range refused {
		lo, mid, hi := of(i)
		if math.IsInf(lo, 1) {
			s.forced[outcome(r)] += weight[i]
			continue
		}
		s.mark(signed(weight[i], r), lo, mid, hi)
	}
	s.sort()
	return s
}

func (s *Steps) room(n int) {
	for kind := range s.marks {
		s.marks[kind] = s.scratch.room(kind, n)[:0]
	}
}

func (s *Steps) mark(weight float64, bounds ...float64) {
	for kind, at := range bounds {
		s.marks[kind] = append(s.marks[kind], mark{at, weight})
	}
}

// sort puts the marks of each kind in the order of their values. Bounds mostly lie as far from Mid
// for one attempt as for another: so it sorts by Mid, and the others only if that has not put
// them in order too.
func (s *Steps) sort() {
	weights := s.marks[hi]
	for i := range s.marks[mid] {
		s.marks[mid][i].weight = float64(i)
	}
	order, spare := byValue(s.marks[mid], s.scratch.room(kinds, len(weights)))
	lows, highs := spare, s.marks[lo]
	for k, m := range order {
		lows[k] = s.marks[lo][int(m.weight)]
	}
	for k, m := range order {
		highs[k] = weights[int(m.weight)]
		order[k].weight = highs[k].weight
	}
	lows, spare = inOrder(lows, weights)
	highs, spare = inOrder(highs, spare)
	s.marks = [kinds][]mark{lows, order, highs}
	copy(s.scratch.marks[:], s.marks[:])
	s.scratch.marks[kinds] = spare
}

func outcome(refused bool) int {
	if refused {
		return 1
	}
	return 0
}
