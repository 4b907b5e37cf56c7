package analysis

import (
	"math"

	"why403/analysis/covariate"
)

// solve looks for the burst with which a bucket decides the most as the gateway did. To
// each burst belongs the rate at which as many upgrades are refused as were; along
// these pairs the number of wrong decisions has one valley, and no rate far from its
// floor gives the valley away.
func (f *rateFit) solve() {
	const ratio = 3
	low, mid, high := 1.0, 1.0, 1.0
	_, least := f.balanced(1)
	if best, ok := f.best(); !ok || !f.s.cameBack(f.part) || least == 0 || best.logLik() > fitsWell {
		return
	}
	for b := float64(ratio); b < float64(len(f.s.table.Attempts)-f.s.refused); b *= ratio {
		rate, wrong := f.balanced(b)
		if wrong < least {
			low, mid, least = b/ratio, b, wrong
		}
		if high = b * ratio; rate <= 2*leastRate || mid < b/ratio {
			break
		}
	}
	if least < f.s.refused {
		f.solveFor(f.valley(low, min(high, mid*ratio)))
	}
}

// fitsWell is the log likelihood from which on there is little left to gain.
const fitsWell = -5

// valley is the whole burst between two that leaves the fewest wrong decisions.
func (f *rateFit) valley(low, high float64) float64 {
	known := map[float64]int{}
	wrong := func(b float64) int {
		if _, ok := known[b]; !ok {
			_, known[b] = f.balanced(b)
		}
		return known[b]
	}
	for high-low > 2 {
		third := math.Ceil((high - low) / 3)
		if a, b := low+third, high-third; a < b && wrong(a) > wrong(b) {
			low = a
		} else {
			high = b
		}
		if third < 2 {
			break
		}
	}
	best := low
	for b := low; b <= high; b++ {
		if wrong(b) < wrong(best) {
			best = b
		}
	}
	return best
}

// solveFor tries the rates at which a bucket with a burst decides as the gateway did.
func (f *rateFit) solveFor(burst float64) {
	f.room = burst
	low, _ := f.balanced(burst)
	high := max(low, f.edge(burst, func(w covariate.Misjudged) bool { return w.Surplus() < 0 }))
	step := max(2/f.s.duration(), low/float64(f.s.refused), (high-low)/2)
	for _, rate := range []float64{low, high, (low + high) / 2} {
		f.try(rate, step)
	}
}

// strays is the share of what was let through that may have been answered so late or
// early that the bucket seems to have been empty.
const strays = 0.01

// balanced is the lowest rate at which a bucket refuses no more than were refused, and
// how many of its decisions are wrong. Where something else refuses as well, now and
// then, as many is too many: then it is the lowest rate at which the bucket is not empty
// for what was let through.
func (f *rateFit) balanced(burst float64) (rate float64, wrong int) {
	rate = f.edge(burst, func(w covariate.Misjudged) bool { return w.Surplus() <= 0 })
	wrong = f.judge(rate, burst).Wrong()
	most := int(strays * float64(len(f.s.table.Attempts)-f.s.refused))
	if wrong <= most {
		return rate, wrong
	}
	never := f.edge(burst, func(w covariate.Misjudged) bool { return w.Empty <= most })
	if n := f.judge(never, burst).Wrong(); n < wrong {
		return never, n
	}
	return rate, wrong
}
