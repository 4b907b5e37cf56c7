package evidence

import (
	"cmp"
	"math"
	"slices"
)

// Observation is one attempt with the covariate that a threshold is laid on.
type Observation struct {
	Lo, Hi  float64 // the covariate lies in [Lo, Hi]; +Inf both: refused by another mechanism
	Mid     float64 // where in there it most likely lies
	Refused bool
	Weight  float64
}

// Steps are the values at which the predictions of a threshold change, ascending,
// and the weights of the attempts whose Lo, Mid or Hi lies there, by outcome (0
// accepted, 1 refused). An attempt is surely refused by every threshold up to its
// Lo, surely accepted by every one above its Hi, and in doubt between.
type Steps struct {
	At          []float64
	Lo, Mid, Hi [][2]float64
	// Forced are the weights of attempts that another mechanism refuses, whatever
	// the threshold; they count as predicted to be refused by every one.
	Forced [2]float64
}

// Sorted returns the steps of observations in O(n log n).
func Sorted(obs []Observation) Steps {
	type mark struct {
		at   float64
		who  int32
		kind int8
	}
	marks := make([]mark, 0, 3*len(obs))
	var s Steps
	for i, o := range obs {
		if math.IsInf(o.Lo, 1) {
			s.Forced[outcome(o.Refused)] += o.Weight
			continue
		}
		marks = append(marks, mark{o.Lo, int32(i), 0}, mark{o.Mid, int32(i), 1}, mark{o.Hi, int32(i), 2})
	}
	slices.SortFunc(marks, func(a, b mark) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.who, b.who), cmp.Compare(a.kind, b.kind))
	})
	sides := [3]*[][2]float64{&s.Lo, &s.Mid, &s.Hi}
	for _, m := range marks {
		if len(s.At) == 0 || s.At[len(s.At)-1] != m.at {
			s.At = append(s.At, m.at)
			for _, side := range sides {
				*side = append(*side, [2]float64{})
			}
		}
		o := obs[m.who]
		(*sides[m.kind])[len(s.At)-1][outcome(o.Refused)] += o.Weight
	}
	return s
}

// Range is covariates that are counts of a unit, each within bounds, by attempt.
type Range struct {
	Lo, Mid, Hi []int32
	Unit        float64 // 0 means 1
}

// Forced is the count of an attempt that another mechanism refuses.
const Forced = math.MaxInt32

// Value returns a count in its unit.
func (r Range) Value(count int32) float64 {
	if r.Unit == 0 {
		return float64(count)
	}
	return float64(count) * r.Unit
}

// Counted returns the steps of counts up to the largest Lo, in O(n): step i is the
// count i. No threshold above would surely refuse any attempt.
func Counted(r Range, refused []bool, weight []float64) Steps {
	var limit int32
	for _, v := range r.Lo {
		if v < Forced {
			limit = max(limit, v)
		}
	}
	s := Steps{At: make([]float64, limit+1)}
	for i := range s.At {
		s.At[i] = r.Value(int32(i))
	}
	fill := func(values []int32) [][2]float64 {
		side := make([][2]float64, limit+2)
		for i, v := range values {
			if r.Lo[i] < Forced {
				side[min(v, limit+1)][outcome(refused[i])] += weight[i]
			}
		}
		return side
	}
	s.Lo, s.Mid, s.Hi = fill(r.Lo), fill(r.Mid), fill(r.Hi)
	for i, v := range r.Lo {
		if v == Forced {
			s.Forced[outcome(refused[i])] += weight[i]
		}
	}
	return s
}

func outcome(refused bool) int {
	if refused {
		return 1
	}
	return 0
}
