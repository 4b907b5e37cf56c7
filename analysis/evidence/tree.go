package evidence

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// ContextTree returns the log evidence of "the outcome depends on the outcomes
// before it": the mixture over all suffix trees of at most depth outcomes (context
// tree weighting, Willems, Shtarkov and Tjalkens 1995) with a Jeffreys prior at
// each leaf, less the tree without a memory. depth is 1 to 16; the cost is
// O(n·depth + 2^depth).
func ContextTree(refused []bool, weight []float64, depth int) float64 {
	counts := contextCounts(refused, weight, depth)
	// below[c] is the weighted log probability of the node with context c.
	below := make([]float64, 1<<depth)
	for c, n := range counts[depth] {
		below[c] = Either.Log(n[1], n[0])
	}
	for d := depth - 1; d >= 1; d-- {
		here := make([]float64, 1<<d)
		for c, n := range counts[d] {
			// The outcome d steps back is the bit above those of c.
			split := below[c] + below[c|1<<d]
			here[c] = floats.LogSumExp([]float64{Either.Log(n[1], n[0]), split}) - math.Ln2
		}
		below = here
	}
	return below[0] + below[1]
}

// contextCounts returns, for each depth d and each context of the last d outcomes
// (the latest in the lowest bit), the weights of what followed by outcome. What
// came before the first attempt is taken for accepted.
func contextCounts(refused []bool, weight []float64, depth int) [][][2]float64 {
	counts := make([][][2]float64, depth+1)
	for d := range counts {
		counts[d] = make([][2]float64, 1<<d)
	}
	history := 0
	for i, r := range refused {
		o := outcome(r)
		for d := range counts {
			counts[d][history&(1<<d-1)][o] += weight[i]
		}
		history = history<<1 | o
	}
	return counts
}
