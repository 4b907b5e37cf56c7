package analysis

import (
	"math"

	"why403/analysis/evidence"
	"why403/capture"
)

// A recording that begins within a fixed window does not say how much had been counted in it:
// each key may fill it up with any number less than the limit.

// begunShare is the prior of fixed windows that had begun before the recording did and were
// counted in by then: nearly every load begins after its recorder.
const begunShare = 0.02

// fewestLater is how many windows after the first must have filled up: whatever refuses in two
// stretches of time looks like windows of which the first had begun before. Fewer are a rival of
// it where the recording is known to have begun amid the load.
const fewestLater = 3

// begunBefore weighs the best fixed windows again, each with a first that anything may have been
// counted in.
func (f *quotaFit) begunBefore() []quotaTry {
	var tries []quotaTry
	for _, w := range f.windows {
		if t, ok := w.quotaTry(); ok && w.kind == aligned {
			if t.begunBefore(w) {
				tries = append(tries, t)
			}
		}
	}
	return tries
}

// begunBefore weighs a try again; false if no key was refused before the first window ended.
func (t *quotaTry) begunBefore(w *windowFit) bool {
	plain, found := t.result, false
	for _, x := range w.top(mostKept) {
		full, n := w.fullAtFirst(x.x)
		later := w.filledLater(x.x)
		if n == 0 || later == 0 || later < fewestLater && w.s.openBefore() == 0 {
			continue
		}
		counts := func() evidence.Range { return w.filled(x.x, full) }
		r := w.s.scanCounts(counts())
		cost := math.Log(begunShare) - float64(n)*math.Log(max(2, r.Best.UpTo))
		r.Best.LogLik += cost
		r.LogEvidence += cost
		if r.Best.LogLik > t.result.Best.LogLik+rounding {
			t.logEv, t.result, t.counts, found = t.logEv+r.LogEvidence-plain.LogEvidence, r, counts, true
			t.kind, t.later, plain = alignedBefore, later, r
			t.window = &Threshold{Value: x.x, Low: x.x - x.step/2, High: x.x + x.step/2, Unit: "s"}
		}
	}
	return found
}

// fullAtFirst returns when each key was refused first before the first boundary of windows of
// length x, 0 if it was not, and how many keys were.
func (w *windowFit) fullAtFirst(x float64) (full []capture.Instant, n int) {
	boundary := w.firstBoundary(x)
	full = make([]capture.Instant, w.part.N)
	for i, l := range w.part.Labels {
		at := w.s.table.Attempts[i].Decided(w.reading)
		if l < 0 || !w.s.table.Refused[i] || w.s.forced != nil && w.s.forced[i] || at >= boundary {
			continue
		}
		if full[l] == 0 {
			n++
		}
		if full[l] == 0 || at < full[l] {
			full[l] = at
		}
	}
	return full, n
}

// filledLater is in how many windows of length x after the first any key was refused.
func (w *windowFit) filledLater(x float64) int {
	boundary, filled := w.firstBoundary(x), map[int]bool{}
	for i, l := range w.part.Labels {
		at := w.s.table.Attempts[i].Decided(w.reading)
		if l >= 0 && w.s.table.Refused[i] && (w.s.forced == nil || !w.s.forced[i]) && at >= boundary {
			filled[int(at.Sub(boundary).Seconds()/x)] = true
		}
	}
	return len(filled)
}

// firstBoundary is when the window ends in which the recording begins.
func (w *windowFit) firstBoundary(x float64) capture.Instant {
	into := w.s.start.Sub(w.phases[x]).Seconds()
	return w.phases[x].Add(toDuration((math.Floor(into/x) + 1) * x))
}

// filled counts in windows of length x, of which the first is full from a moment on, and has
// room before.
func (w *windowFit) filled(x float64, full []capture.Instant) evidence.Range {
	r, boundary := w.counts(x), w.firstBoundary(x)
	for i, l := range w.part.Labels {
		at := w.s.table.Attempts[i].Decided(w.reading)
		switch {
		case l < 0 || full[l] == 0 || at >= boundary:
		case at >= full[l]:
			r.Lo[i], r.Mid[i], r.Hi[i] = evidence.Forced, evidence.Forced, evidence.Forced
		default:
			r.Lo[i], r.Mid[i], r.Hi[i] = 0, 0, 0
		}
	}
	return r
}
