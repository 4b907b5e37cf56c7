package analysis

import (
	"math"

	"why403/analysis/covariate"
)

// judging is what buckets were found to misjudge, by rate and burst.
type judging struct {
	bucket  func() *covariate.Counter
	forced  []bool
	buckets *covariate.Buckets // once asked for
	known   map[tokenBucket]covariate.Misjudged
	order   []tokenBucket // in which they were found
}

type tokenBucket struct{ rate, burst float64 }

// judge lets a bucket decide, once.
func (j *judging) judge(rate, burst float64) covariate.Misjudged {
	if w, known := j.known[tokenBucket{rate, burst}]; known {
		return w
	}
	return j.judgeThree([3]float64{rate, rate, rate}, burst)
}

// judgeThree returns what was found for the second rate.
func (j *judging) judgeThree(rates [3]float64, burst float64) covariate.Misjudged {
	if j.buckets == nil {
		j.buckets = j.bucket().Buckets(j.forced)
	}
	if j.known == nil {
		j.known = map[tokenBucket]covariate.Misjudged{}
	}
	found := j.buckets.Judge(rates, burst)
	for k, rate := range rates {
		of := tokenBucket{rate, burst}
		if _, known := j.known[of]; !known {
			j.known[of] = found[k]
			j.order = append(j.order, of)
		}
	}
	return found[1]
}

// condition is one that a higher rate can only make true.
type condition func(covariate.Misjudged) bool

// halvings is how often the range of rates is halved: to within 3 in a million, and to within
// a quarter of a token of all that were taken. Where every token is taken at once, a rate that
// is off by less than one in as many as were taken shows in the last of them.
func (f *rateFit) halvings() int {
	const least = 22
	taken := float64(len(f.s.table.Attempts) - f.s.refused)
	return max(least, int(math.Ceil(math.Log2(4*taken*math.Log(mostRate/leastRate)))))
}

// edge is the least rate from which on a condition holds of what a bucket with a burst
// misjudges.
func (f *rateFit) edge(burst float64, holds condition) float64 {
	low, high := math.Log(leastRate), math.Log(mostRate)
	for range f.halvings() {
		if mid := (low + high) / 2; f.holds([3]float64{(low + mid) / 2, mid, (mid + high) / 2}, burst, holds) {
			high = mid
		} else {
			low = mid
		}
	}
	return math.Exp(high)
}

// holds reports whether a condition holds at the second of three rates, given as
// logarithms, whose neighbours are asked for next.
//
// A higher rate or burst can only make it true, to the last bit, rounding included: so
// what was found for others mostly tells. Where the level depends on the burst it need not.
func (f *rateFit) holds(logs [3]float64, burst float64, holds condition) bool {
	rates := [3]float64{math.Exp(logs[0]), math.Exp(logs[1]), math.Exp(logs[2])}
	if w, known := f.known[tokenBucket{rates[1], burst}]; known {
		return holds(w)
	}
	if !f.spends {
		for _, of := range f.order {
			switch held := holds(f.known[of]); {
			case held && of.rate <= rates[1] && of.burst <= burst:
				return true
			case !held && of.rate >= rates[1] && of.burst >= burst:
				return false
			}
		}
	}
	return holds(f.judgeThree(rates, burst))
}
