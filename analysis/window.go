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
