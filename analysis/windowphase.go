package analysis

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
)

// scanPhases weighs a fixed window x at the phases that its boundaries allow.
func (w *windowFit) scanPhases(x float64) evidence.Result {
	allowed, width := w.phase(x)
	n := min(max(1, math.Ceil(phasesPerWindow*(allowed.high-allowed.low)/x)), mostPhases)
	var best evidence.Result
	var terms []float64
	for k := range int(n) {
		at := allowed.low + (float64(k)+0.5)/n*(allowed.high-allowed.low)
		phase := w.s.start.Add(toDuration(at) - toDuration(math.Ceil(w.s.duration()/x+2)*x))
		result := w.s.scanCounts(w.counter(w.windowCount).Fixed(toDuration(x), phase))
		terms = append(terms, result.LogEvidence)
		if k == 0 || result.Best.LogLik > best.Best.LogLik+rounding {
			best = result
			w.phases[x] = phase
		}
	}
	best.LogEvidence = floats.LogSumExp(terms) - math.Log(n) + math.Log(min(width/x, 1))
	return best
}

// Phases are tried so closely to each other, but no more of them.
const (
	phasesPerWindow = 16
	mostPhases      = 5
)

// phase is where a window of length x can begin by the most boundaries, in seconds
// since the start, and how exactly one of these tells it: the narrowest.
func (w *windowFit) phase(x float64) (allowed span, width float64) {
	at := w.boundaries()
	if len(at) < fewBoundaries {
		at = w.findBoundaries(false) // too few to call a run unusual
	}
	folded := fold(at[:min(len(at), mostBoundaries)], x, w.s.table.Blur(w.reading).Seconds())
	allowed, depth := deepest(folded)
	if depth == 0 {
		return span{0, x}, x
	}
	width = x
	for _, s := range folded {
		if s.low <= allowed.low && allowed.high <= s.high {
			width = min(width, s.high-s.low)
		}
	}
	return allowed, width
}

// fold lays stretches of time over each other at the distance of a window, so that they
// cover what they do of [0, x).
func fold(at []span, x, slack float64) []span {
	folded := make([]span, 0, len(at)+len(at)/4)
	for _, s := range at {
		low := math.Mod(s.low, x) - slack
		high := low + s.high - s.low + 2*slack
		folded = append(folded, span{low, high})
		if low < 0 {
			folded = append(folded, span{low + x, high + x})
		}
		if high >= x {
			folded = append(folded, span{low - x, high - x})
		}
	}
	return folded
}

// deepest returns the first stretch that lies in the most intervals, and in how many.
func deepest(spans []span) (best span, most int) {
	lows, highs := make([]float64, len(spans)), make([]float64, len(spans))
	for i, s := range spans {
		lows[i], highs[i] = s.low, s.high
	}
	slices.Sort(lows)
	slices.Sort(highs)
	over := 0
	for i, low := range lows {
		for highs[over] < low {
			over++
		}
		if depth := i + 1 - over; depth > most {
			best, most = span{low, highs[over]}, depth
		}
	}
	return best, most
}

// tuned refines a window over growing baselines: at each the one about it with which
// the most boundaries have a phase in common, which wide ones do not blur.
func tuned(at []span, x float64) float64 {
	const steps = 4
	for n := min(4, len(at)); ; n = min(2*n, len(at)) {
		reach := at[n-1].high - at[0].low
		step := x * usualWidth(at[:n]) / max(reach, x) / 2
		best, deep := x, -1
		for k := range 2*steps + 1 {
			// From the middle outwards, so that the first of equals is the nearest.
			by := float64((k+1)/2) * float64(1-2*(k%2))
			if _, depth := deepest(fold(at[:n], x+by*step, 0)); depth > deep && x+by*step > leastWindow {
				best, deep = x+by*step, depth
			}
		}
		x = best
		if n == len(at) {
			return x
		}
	}
}

// sharpened refines a window that is about right to what the narrowest of many boundaries
// tell: the middle of those with which the most have a phase in common, more and more closely.
func sharpened(at []span, x float64) float64 {
	const steps, rounds = 4, 5
	step := x * usualWidth(at) / max(at[len(at)-1].high-at[0].low, x) / 2
	for range rounds {
		deep, first, last := -1, 0, 0
		for k := -steps; k <= steps; k++ {
			switch _, depth := deepest(fold(at, x+float64(k)*step, 0)); {
			case depth > deep:
				deep, first, last = depth, k, k
			case depth == deep && last == k-1:
				last = k
			}
		}
		x += float64(first+last) / 2 * step
		step /= steps
	}
	return x
}

// usualWidth is the median width.
func usualWidth(at []span) float64 {
	if len(at) == 0 {
		return 0
	}
	widths := make([]float64, len(at))
	for i, s := range at {
		widths[i] = s.high - s.low
	}
	slices.Sort(widths)
	return widths[len(widths)/2]
}

// fractions are whole parts of the first windows: not every window holds a refusal, and
// then the distances between boundaries are multiples of it. The least is what can be
// told from a boundary's own width.
func fractions(windows []float64, least float64) []float64 {
	const first, parts = 2, 6
	var found []float64
	for _, x := range windows[:min(len(windows), first)] {
		for k := 2.0; k <= parts && x/k > least; k++ {
			found = append(found, x/k)
		}
	}
	return found
}

// countedBack are the windows that most pairs of runs of refusals allow: from the end of
// one to the beginning of the next as many upgrades are counted as the limit is, and so
// many before the first lies the window's beginning.
func (w *windowFit) countedBack() []float64 {
	var spans []span
	for _, h := range w.byLabel() {
		spans = append(spans, h.windows()...)
	}
	return mostStabbed(spans[:min(len(spans), mostBoundaries)], mostPeaks)
}

// history is what was counted under one label, and its runs of refusals.
type history struct {
	counted []float64
	runs    []run
}

type run struct{ first, last, accepted float64 }

func (w *windowFit) byLabel() []history {
	list := make([]history, w.part.N)
	for i, l := range w.part.Labels {
		if l >= 0 && (w.counting == covariate.AllAttempts || !w.s.table.Refused[i]) && (w.s.forced == nil || !w.s.forced[i]) {
			list[l].counted = append(list[l].counted, w.s.since(w.s.table.Attempts[i].Decided(w.reading)))
		}
	}
	for _, t := range w.s.turns(w.part.Labels, w.part.N, w.reading) {
		r := run{first: w.s.since(t.First), last: w.s.since(t.Last), accepted: math.Inf(1)}
		if t.Accepted.Seen() {
			r.accepted = w.s.since(t.Accepted)
		}
		list[t.Label].runs = append(list[t.Label].runs, r)
	}
	for i := range list {
		slices.Sort(list[i].counted)
		slices.SortFunc(list[i].runs, func(a, b run) int { return cmp.Compare(a.first, b.first) })
	}
	return list
}

// windows are the lengths that each two runs in a row allow.
func (h history) windows() []span {
	var found []span
	before := func(at float64) int { n, _ := slices.BinarySearch(h.counted, at); return n }
	for k := 0; k+1 < len(h.runs); k++ {
		a, b := h.runs[k], h.runs[k+1]
		limit := before(b.first) - before((a.last+a.accepted)/2)
		if from := before(a.first) - limit; limit > 0 && from > 0 {
			found = append(found, span{max(a.last-h.counted[from], leastWindow), a.accepted - h.counted[from-1]})
		}
	}
	return found
}
