package evidence

import (
	"cmp"
	"math"
	"slices"
)

// mark is one bound of an observation, with its weight and outcome, so that nothing has to
// be looked up by attempt once marks are in order.
type mark struct {
	at     float64
	weight float64 // negative if it was refused
}

func signed(weight float64, refused bool) float64 {
	if refused {
		return -weight
	}
	return weight
}

// Order returns the positions of values in their order, equal ones as they are.
func Order(values []float64) []int32 {
	list := make([]mark, len(values))
	for i, v := range values {
		list[i] = mark{v, float64(i)}
	}
	list, _ = byValue(list, make([]mark, len(list)))
	order := make([]int32, len(list))
	for k, m := range list {
		order[k] = int32(m.weight)
	}
	return order
}

// The digits of a radix sort: six of eleven bits hold a float64.
const (
	digitBits = 11
	digits    = 6
)

// inOrder is byValue for marks that mostly are in order.
func inOrder(list, spare []mark) (sorted, left []mark) {
	ascending := func(a, b mark) int { return cmp.Compare(a.at, b.at) }
	if slices.IsSortedFunc(list, ascending) {
		return list, spare
	}
	return byValue(list, spare)
}

// byValue sorts marks by value, equal ones staying in order, and returns them and the
// room that is left: spare must be as long, and both are written to. It is a radix
// sort of the bits, least digit first, on which the order of floating-point numbers is
// that of integers once the sign is turned.
func byValue(list, spare []mark) (sorted, left []mark) {
	var counts [digits][1 << digitBits]int32
	for _, m := range list {
		key := sortable(m.at)
		for d := range counts {
			counts[d][key>>(d*digitBits)&(1<<digitBits-1)]++
		}
	}
	for d := range counts {
		if allIn(&counts[d], len(list)) {
			continue
		}
		var sum int32
		for i, n := range counts[d] {
			counts[d][i], sum = sum, sum+n
		}
		for _, m := range list {
			digit := sortable(m.at) >> (d * digitBits) & (1<<digitBits - 1)
			spare[counts[d][digit]] = m
			counts[d][digit]++
		}
		list, spare = spare, list
	}
	return list, spare
}

// allIn reports whether one digit holds all of n.
func allIn(counts *[1 << digitBits]int32, n int) bool {
	for _, c := range counts {
		if c > 0 {
			return int(c) == n
		}
	}
	return true
}

// sortable returns bits in the order of the values; both zeros are one.
func sortable(v float64) uint64 {
	bits := math.Float64bits(v + 0)
	if bits>>63 == 1 {
		return ^bits
	}
	return bits | 1<<63
}
