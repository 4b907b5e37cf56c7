package evidence

import "math"

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

// Sorted returns the steps of observations in O(n).
func Sorted(obs []Observation) Steps {
	var s Steps
	var order [3][]mark
	for kind := range order {
		order[kind] = make([]mark, 0, len(obs))
	}
	for i, o := range obs {
		if math.IsInf(o.Lo, 1) {
			s.Forced[outcome(o.Refused)] += o.Weight
			continue
		}
		for kind, at := range [3]float64{o.Lo, o.Mid, o.Hi} {
			order[kind] = append(order[kind], mark{at, int32(i)})
		}
	}
	spare := make([]mark, len(order[0]))
	for kind := range order {
		order[kind], spare = byValue(order[kind], spare)
	}
	s.At = values(order)
	sides := [3]*[][2]float64{&s.Lo, &s.Mid, &s.Hi}
	for kind, side := range sides {
		*side = make([][2]float64, len(s.At))
		step := 0
		for _, m := range order[kind] {
			for s.At[step] != m.at {
				step++
			}
			o := &obs[m.who]
			(*side)[step][outcome(o.Refused)] += o.Weight
		}
	}
	return s
}

// values merges ascending lists of marks to their different values.
func values(lists [3][]mark) []float64 {
	at := make([]float64, 0, len(lists[0]))
	for {
		least, any := math.Inf(1), false
		for _, l := range lists {
			if len(l) > 0 && (!any || l[0].at < least) {
				least, any = l[0].at, true
			}
		}
		if !any {
			return at
		}
		at = append(at, least)
		for k := range lists {
			for len(lists[k]) > 0 && lists[k][0].at == least {
				lists[k] = lists[k][1:]
			}
		}
	}
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
	s.Lo, s.Mid, s.Hi = make([][2]float64, limit+2), make([][2]float64, limit+2), make([][2]float64, limit+2)
	for i, lo := range r.Lo {
		o, w := outcome(refused[i]), weight[i]
		if lo == Forced {
			s.Forced[o] += w
			continue
		}
		s.Lo[lo][o] += w
		s.Mid[min(r.Mid[i], limit+1)][o] += w
		s.Hi[min(r.Hi[i], limit+1)][o] += w
	}
	return s
}

func outcome(refused bool) int {
	if refused {
		return 1
	}
	return 0
}
