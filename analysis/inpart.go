package analysis

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// provenAttribute reports whether what an attribute spares is spread among what it refuses. Where
// all of it came first, or last, something began or ended then.
func provenAttribute(s *study, h *hypothesis) bool {
	var outcomes []bool
	spared := 0
	for i, f := range h.predicted {
		if !f.refuses() || s.forced != nil && s.forced[i] {
			continue
		}
		outcomes = append(outcomes, s.table.Refused[i])
		if !s.table.Refused[i] {
			spared++
		}
	}
	return spared == 0 || !atOneEnd(outcomes) || math.Ln2-logWays(len(outcomes), spared) > math.Log(mostOrderly)
}

// mostOrderly is how improbable it may be that chance puts all that is spared at one end.
const mostOrderly = 0.2

// atOneEnd reports whether outcomes change once at most.
func atOneEnd(outcomes []bool) bool {
	changes := 0
	for i := 1; i < len(outcomes); i++ {
		if outcomes[i] != outcomes[i-1] {
			changes++
		}
	}
	return changes <= 1
}

// logWays is the logarithm of the number of ways to choose k of n.
func logWays(n, k int) float64 {
	return -math.Log(float64(n+1)) - mathext.Lbeta(float64(n-k+1), float64(k+1))
}
