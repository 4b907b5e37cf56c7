package analysis

import (
	"fmt"
	"math"
	"slices"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
	"why403/capture"
)

// The range of a quota's window in seconds, and so of its log-uniform prior.
const (
	leastWindow = 0.5
	mostWindow  = 24 * 3600
)

// windowTries fits quotas with a window: each kind, counting what was let through
// or what was attempted.
func windowTries(s *study, p covariate.Partition) []quotaTry {
	if len(s.firstAccepted(p)) == 0 {
		return nil // nothing came back, so nothing speaks for a window
	}
	var tries []quotaTry
	counters := map[windowCount]*covariate.Counter{}
	for _, c := range countings {
		for _, r := range s.readings {
			counters[windowCount{c, r}] = s.table.Counter(p.Labels, p.N, r, c)
		}
	}
	for _, kind := range []windowKind{sliding, aligned, fromFirst} {
		for _, c := range countings {
			if t, ok := fitWindow(s, p, kind, c, counters); ok {
				t.share = 0.2 / 2
				tries = append(tries, t)
			}
		}
	}
	return tries
}

var countings = []covariate.Counting{covariate.LetThrough, covariate.AllAttempts}

// firstAccepted returns the changes from refusals to an acceptance.
func (s *study) firstAccepted(p covariate.Partition) []covariate.Turn {
	var ended []covariate.Turn
	for _, t := range s.turns(p.Labels, p.N, covariate.Reading{}) {
		if t.Accepted.Seen() {
			ended = append(ended, t)
		}
	}
	return ended
}

// windowCount is what is counted and by which reading.
type windowCount struct {
	counting covariate.Counting
	reading  covariate.Reading
}

// windowFit searches the window of one kind of quota, by one reading.
type windowFit struct {
	s        *study
	part     covariate.Partition
	kind     windowKind
	counting covariate.Counting
	reading  covariate.Reading
	counter  *covariate.Counter
	ends     []span                      // boundaries, once asked for
	phases   map[float64]capture.Instant // the best phase of each fixed window tried
	search
}

// fitWindow tries the windows that the recording suggests by each reading, and
// searches on by the one that fits better.
func fitWindow(s *study, p covariate.Partition, kind windowKind, c covariate.Counting, counters map[windowCount]*covariate.Counter) (quotaTry, bool) {
	var best *windowFit
	for _, r := range s.readings {
		w := newWindowFit(s, p, kind, c, r)
		w.counter = counters[windowCount{c, r}]
		w.run(s, w.probe)
		if best == nil || w.bestLogLik() > best.bestLogLik() {
			best = w
		}
	}
	best.refine(s, best.climbOn)
	t, ok := best.best()
	if !ok {
		return quotaTry{}, false
	}
	variant := countsAccepted
	if c == covariate.AllAttempts {
		variant = countsAttempts
	}
	return quotaTry{
		variant: variant, logEv: best.logEvidence() - math.Log(float64(len(s.readings))), result: t.result, kind: kind,
		window: best.interval("s"), reading: best.reading, counts: func() evidence.Range { return best.counts(t.x) },
	}, true
}

func newWindowFit(s *study, p covariate.Partition, kind windowKind, c covariate.Counting, r covariate.Reading) *windowFit {
	w := &windowFit{s: s, part: p, kind: kind, counting: c, reading: r, phases: map[float64]capture.Instant{}}
	w.search = search{key: fmt.Sprint(kind, c, r, " ", p.Scope), low: leastWindow, high: mostWindow, scan: func(x float64) evidence.Result {
		if kind == aligned {
			return w.scanPhases(x)
		}
		return s.scanCounts(w.counts(x))
	}}
	return w
}

func (w *windowFit) probe() {
	width := w.s.binWidth(w.reading)
	for _, x := range w.candidates(width) {
		if x >= leastWindow {
			w.try(x, w.step(x, width))
		}
	}
}

// climbOn climbs from the best that was tried.
func (w *windowFit) climbOn() {
	for _, t := range w.top(climbed) {
		w.climb(t.x, t.step, t.step)
	}
	w.widen()
	if w.kind == sliding && w.counting == covariate.LetThrough && w.s.forced == nil {
		w.sweep()
	}
}

// sweep looks for a sliding window where no peak gave it away: the likelihood rises
// towards it from a few per cent off.
func (w *windowFit) sweep() {
	const ratio = 1.06
	for x := 2 * leastWindow; x < w.s.duration(); x *= ratio {
		w.try(x, x*(ratio-1))
	}
	if best, ok := w.best(); ok {
		w.climb(best.x, best.step/2, best.step/2)
		best, _ = w.best()
		w.climb(best.x, best.step, best.step)
	}
}

func (w *windowFit) counts(x float64) evidence.Range {
	switch w.kind {
	case sliding:
		return w.counter.Trailing(toDuration(x))
	case fromFirst:
		return w.counter.FromFirst(toDuration(x))
	}
	return w.counter.Fixed(toDuration(x), w.phases[x])
}

// step is how finely windows about x can be told apart: with fixed windows the
// error of one adds up over all.
func (w *windowFit) step(x, width float64) float64 {
	if w.kind != aligned {
		return width
	}
	return max(width/max(1, w.s.span()/x), x/1e6)
}

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
// acceptances after a refusal, where they pile up: then one left the window.
func (w *windowFit) slidingCandidates(width float64) []float64 {
	counted := make([][]capture.Instant, w.part.N)
	for i, l := range w.part.Labels {
		if l >= 0 && (w.counting == covariate.AllAttempts || !w.s.table.Refused[i]) {
			counted[l] = append(counted[l], w.s.table.Attempts[i].Decided(w.reading))
		}
	}
	return peaks(w.s.waitsSince(counted, w.part, w.reading, width), width, mostPeaks)
}

// boundaries are the stretches, in seconds, in which a window can have ended: from
// the last refusal of a run to the acceptance after it. Runs much shorter than
// usual are slips.
func (w *windowFit) boundaries() []span {
	if w.ends == nil {
		w.ends = w.findBoundaries(true)
	}
	return w.ends
}

// findBoundaries finds them all, or those after runs of about the usual length.
func (w *windowFit) findBoundaries(onlyUsual bool) []span {
	turns := w.s.turns(w.part.Labels, w.part.N, w.reading)
	var lengths []float64
	for _, t := range turns {
		if t.Accepted.Seen() {
			lengths = append(lengths, t.Accepted.Sub(t.First).Seconds())
		}
	}
	if len(lengths) == 0 {
		return nil
	}
	slices.Sort(lengths)
	usual := lengths[len(lengths)*3/4]
	if !onlyUsual {
		usual = 0
	}
	var at []span
	for _, t := range turns {
		if t.Accepted.Seen() && t.Accepted.Sub(t.First).Seconds() >= usual/8 {
			at = append(at, span{w.s.since(t.Last), w.s.since(t.Accepted)})
		}
	}
	slices.SortStableFunc(at, func(a, b span) int { return compare(a.high, b.high) })
	return at
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// mostBoundaries bounds the work on them.
const mostBoundaries = 400

// alignedCandidates are the steps between boundaries, made precise over growing
// baselines: each boundary lies a whole number of windows after the first.
func (w *windowFit) alignedCandidates() []float64 {
	found := w.evenlySpaced(w.boundaries())
	if all := w.findBoundaries(false); len(all) < fewBoundaries && len(all) > len(w.boundaries()) {
		found = append(found, w.evenlySpaced(all)...) // too few to call a run unusual
	}
	found = append(found, w.countedBack()...)
	return append(found, fractions(found, 2*usualWidth(w.boundaries()))...)
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
			both = append(both, tuned(at, d))
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

// grown refines a window: the boundaries are numbered by it, nearest to the first
// ones first, and it is fitted anew by least squares as more are taken in.
func grown(at []span, x float64) float64 {
	mid := func(s span) float64 { return (s.low + s.high) / 2 }
	from := mid(at[0])
	for n := 2; n <= len(at); n++ {
		var k, t, kk, kt float64
		for _, s := range at[:n] {
			i := math.Round((mid(s) - from) / x)
			k, t, kk, kt = k+i, t+mid(s), kk+i*i, kt+i*mid(s)
		}
		if d := float64(n)*kk - k*k; d > 0 {
			x = max((float64(n)*kt-k*t)/d, leastWindow/2)
		}
	}
	return x
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
