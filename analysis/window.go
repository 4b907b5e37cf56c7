package analysis

import (
	"fmt"
	"math"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
	"why403/capture"
)

// The range of a quota's window in seconds, and so of its log-uniform prior.
const (
	leastWindow = 0.5
	mostWindow  = 24 * 3600
)

// probeWindows tries the windows that the recording suggests: of each kind, counting what
// was let through or what was attempted.
func (f *quotaFit) probeWindows() {
	if !f.s.cameBack(f.part) && !f.s.outlived(f.part) {
		return // nothing came back, so nothing speaks for a window
	}
	for _, kind := range []windowKind{sliding, aligned, fromFirst} {
		for _, c := range countings {
			f.windows = append(f.windows, f.probeWindow(kind, c))
		}
	}
	f.counters = nil
}

var countings = []covariate.Counting{covariate.LetThrough, covariate.AllAttempts}

// cameBack reports whether refusals were followed by an acceptance.
func (s *study) cameBack(p covariate.Partition) bool {
	return s.table.CameBack(p.Labels, p.N, s.forced)
}

// windowCount is what is counted and by which reading.
type windowCount struct {
	counting covariate.Counting
	reading  covariate.Reading
}

// counter returns the counter that all kinds of windows share.
func (f *quotaFit) counter(by windowCount) *covariate.Counter {
	if f.counters[by] == nil {
		if f.counters == nil {
			f.counters = map[windowCount]*covariate.Counter{}
		}
		f.counters[by] = f.s.table.Counter(f.part.Labels, f.part.N, by.reading, by.counting)
	}
	return f.counters[by]
}

// windowFit searches the window of one kind of quota, by one reading.
type windowFit struct {
	*quotaFit
	windowCount
	kind   windowKind
	ends   []span                      // boundaries, once asked for
	phases map[float64]capture.Instant // the best phase of each fixed window tried
	search
}

// probeWindow tries the windows of one kind by each reading, and returns the fit by the
// one that fits better.
func (f *quotaFit) probeWindow(kind windowKind, c covariate.Counting) *windowFit {
	var best *windowFit
	for _, r := range f.s.readings {
		w := newWindowFit(f, kind, windowCount{c, r})
		w.run(f.s, w.probe)
		w.ends = nil // found again if it climbs on
		if best == nil || w.bestLogLik() > best.bestLogLik() {
			best = w
		}
	}
	return best
}

// tried is what came of a kind of window, false if none fits at all.
func (w *windowFit) quotaTry() (quotaTry, bool) {
	t, ok := w.best()
	if !ok {
		return quotaTry{}, false
	}
	variant := countsAccepted
	if w.counting == covariate.AllAttempts {
		variant = countsAttempts
	}
	return quotaTry{
		variant: variant, share: 0.2 / 2, logEv: w.logEvidence() - math.Log(float64(len(w.s.readings))), result: t.result, kind: w.kind,
		window: w.interval("s"), reading: w.reading, counts: func() evidence.Range { return w.counts(t.x) },
	}, true
}

func newWindowFit(f *quotaFit, kind windowKind, by windowCount) *windowFit {
	w := &windowFit{quotaFit: f, windowCount: by, kind: kind, phases: map[float64]capture.Instant{}}
	w.search = search{key: fmt.Sprint(kind, by.counting, by.reading, " ", f.part.Scope), of: "window " + f.part.Scope, low: leastWindow, high: mostWindow, scan: func(x float64) evidence.Result {
		if kind == aligned {
			return w.scanPhases(x)
		}
		return w.s.scanCounts(w.counts(x))
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
	if w.kind == sliding && w.counting == covariate.AllAttempts && len(w.boundaries()) <= fewBoundaries {
		w.sweep(coarse) // waits of attempts hardly pile up, and few ends tell no window from the next
	}
}

// climbOn climbs from the best that was tried.
func (w *windowFit) climbOn() {
	for _, t := range w.top(climbed) {
		w.climb(t.x, t.step, t.step)
	}
	w.widen()
	if w.kind == sliding && w.counting == covariate.LetThrough && w.s.forced == nil {
		w.sweepFinely()
	}
}

// The ratios from one sliding window that is tried to the next where no peak gives it
// away: the likelihood rises towards it from a few per cent off.
const coarse, fine = 1.25, 1.06

func (w *windowFit) sweep(ratio float64) {
	for x := 2 * leastWindow; x < w.s.duration(); x *= ratio {
		w.try(x, x*(ratio-1))
	}
}

func (w *windowFit) sweepFinely() {
	w.sweep(fine)
	if best, ok := w.best(); ok {
		w.climb(best.x, best.step/2, best.step/2)
		best, _ = w.best()
		w.climb(best.x, best.step, best.step)
	}
}

func (w *windowFit) counts(x float64) evidence.Range {
	m := w.counter(w.windowCount)
	switch w.kind {
	case sliding:
		return m.Trailing(toDuration(x))
	case fromFirst:
		return m.FromFirst(toDuration(x))
	}
	return m.Fixed(toDuration(x), w.phases[x])
}

// step is how finely windows about x can be told apart: with fixed windows the
// error of one adds up over all.
func (w *windowFit) step(x, width float64) float64 {
	if w.kind != aligned {
		return width
	}
	return max(width/max(1, w.s.span()/x), x/1e6)
}
