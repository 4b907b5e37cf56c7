package evidence

import (
	"cmp"
	"slices"
)

// Observation is one attempt with the covariate that a threshold is laid on.
type Observation struct {
	Lo, Hi  float64 // the covariate lies in [Lo, Hi]
	Refused bool
	Weight  float64
}

// Steps are the values at which the predictions of a threshold change, ascending,
// and the weights of the attempts that change there: below and above by outcome
// (0 accepted, 1 refused). An attempt is surely refused by every threshold up to
// its Lo and surely accepted by every one above its Hi.
type Steps struct {
	At     []float64
	Lo, Hi [][2]float64 // weights of the attempts with that Lo, that Hi
}

// Sorted returns the steps of observations in O(n log n).
func Sorted(obs []Observation) Steps {
	type mark struct {
		at  float64
		who int32
		hi  bool
	}
	marks := make([]mark, 0, 2*len(obs))
	for i, o := range obs {
		marks = append(marks, mark{o.Lo, int32(i), false}, mark{o.Hi, int32(i), true})
	}
	slices.SortFunc(marks, func(a, b mark) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.who, b.who))
	})
	var s Steps
	for _, m := range marks {
		if len(s.At) == 0 || s.At[len(s.At)-1] != m.at {
			s.At = append(s.At, m.at)
			s.Lo = append(s.Lo, [2]float64{})
			s.Hi = append(s.Hi, [2]float64{})
		}
		o := obs[m.who]
		side := s.Lo
		if m.hi {
			side = s.Hi
		}
		side[len(side)-1][outcome(o.Refused)] += o.Weight
	}
	return s
}

// Counted returns the steps of covariates that are counts, in O(n + limit): step i
// is the count i. A hi over limit is taken for limit+1, which no threshold of the
// steps exceeds.
func Counted(lo, hi []int32, refused []bool, weight []float64, limit int) Steps {
	s := Steps{At: make([]float64, limit+1), Lo: make([][2]float64, limit+2), Hi: make([][2]float64, limit+2)}
	for i := range s.At {
		s.At[i] = float64(i)
	}
	for i := range lo {
		o := outcome(refused[i])
		s.Lo[min(int(lo[i]), limit+1)][o] += weight[i]
		s.Hi[min(int(hi[i]), limit+1)][o] += weight[i]
	}
	return s
}

func outcome(refused bool) int {
	if refused {
		return 1
	}
	return 0
}
