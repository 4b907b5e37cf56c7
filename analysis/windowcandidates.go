package analysis

import (
	"math"
	"slices"

	"why403/analysis/covariate"
	"why403/capture"
)

// candidates returns the windows that the recording suggests.
func (w *windowFit) candidates(width float64) []float64 {
	switch w.kind {
	case sliding:
		return w.slidingCandidates(width)
	case fromFirst:
		return w.fromFirstCandidates()
	}
	return w.alignedCandidates()
}

// slidingCandidates are the times from earlier counted attempts to the first
// acceptances after a refusal, where they pile up: then one left the window. Where refused
// ones count too, few are accepted again, and the shortest window that fits is tried as well.
func (w *windowFit) slidingCandidates(width float64) []float64 {
	counted := make([][]capture.Instant, w.part.N)
	for i, l := range w.part.Labels {
		if l >= 0 && (w.counting == covariate.AllAttempts || !w.s.table.Refused[i]) {
			counted[l] = append(counted[l], w.s.table.Attempts[i].Decided(w.reading))
		}
	}
	found := peaks(w.s.waitsSince(counted, w.part, w.reading, width), width, mostPeaks)
	if n := w.s.usesBefore(w.part); w.counting == covariate.AllAttempts && n > 0 {
		shortest, _ := w.s.usesWithin(w.part, n, everyAttempt)
		found = append(found, shortest+width)
	}
	return found
}

// alignedCandidates are the steps between boundaries, made precise over growing
// baselines: each boundary lies a whole number of windows after the first.
func (w *windowFit) alignedCandidates() []float64 {
	found := w.evenlySpaced(w.boundaries())
	if all := w.findBoundaries(false); len(all) < fewBoundaries && len(all) > len(w.boundaries()) {
		found = append(found, w.evenlySpaced(all)...) // too few to call a run unusual
	}
	found = append(found, w.countedBack()...)
	found = append(found, fractions(found, 2*usualWidth(w.boundaries()))...)
	return append(found, w.usual()...)
}

// usualWindows are the windows in seconds that gateways are set to. Storms that are longer than
// a window hide its boundaries, so that nothing else suggests it.
var usualWindows = []float64{1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600}

// usual are those that end within the recording.
func (w *windowFit) usual() []float64 { return usualBelow(w.s.span()) }

func usualBelow(span float64) []float64 {
	n, _ := slices.BinarySearch(usualWindows, span)
	return usualWindows[:n]
}

// fewBoundaries is up to how many of them short runs may be windows too.
const fewBoundaries = 8

func (w *windowFit) evenlySpaced(at []span) []float64 {
	if len(at) == 0 {
		return nil
	}
	if len(at) == 1 {
		// One reset: any window that reaches from it to both ends will do.
		return []float64{1.01 * max(at[0].high, w.s.span()-at[0].low)}
	}
	at = at[:min(len(at), mostBoundaries)]
	var found []float64
	for _, d := range w.steps(at) {
		both := []float64{grown(at, d)}
		if len(found) < climbed {
			both = append(both, tuned(at[:min(len(at), mostTuned)], d))
		}
		for _, x := range both {
			if !slices.ContainsFunc(found, func(o float64) bool { return math.Abs(o-x) < x*1e-4 }) {
				found = append(found, x)
			}
		}
	}
	return found[:min(len(found), mostPeaks)]
}

// steps returns the commonest differences between near boundaries.
func (w *windowFit) steps(at []span) []float64 {
	var spans []span
	for i := range at {
		for j := i + 1; j < min(len(at), i+8); j++ {
			if d := (span{at[j].low - at[i].high, at[j].high - at[i].low}); d.high > leastWindow {
				spans = append(spans, span{max(d.low, leastWindow/2), d.high})
			}
		}
	}
	return mostStabbed(spans, 2*mostPeaks)
}

// fromFirstCandidates are the lengths that most windows allow that begin with the
// first attempt, or with the first acceptance after a refusal: longer than to the
// last refusal after it, shorter than to the acceptance after that.
func (w *windowFit) fromFirstCandidates() []float64 {
	begun := make([]float64, w.part.N)
	for i := range begun {
		begun[i] = math.NaN()
	}
	for i, l := range w.part.Labels {
		if l >= 0 && math.IsNaN(begun[l]) {
			begun[l] = w.s.since(w.s.table.Attempts[i].Decided(w.reading))
		}
	}
	var spans []span
	j := w.s.table.Blur(w.reading).Seconds()
	for _, t := range w.s.turns(w.part.Labels, w.part.N, w.reading) {
		if !t.Accepted.Seen() {
			continue
		}
		last, next := w.s.since(t.Last), w.s.since(t.Accepted)
		spans = append(spans, span{last - begun[t.Label] - j, next - begun[t.Label] + j})
		begun[t.Label] = next
	}
	return mostStabbed(spans, mostPeaks)
}
