package analysis

import (
	"math"

	"why403/capture"
)

// Fixed windows as the beginning of a long recording tells them are off by the end of it:
// by how much adds up over all of them, and what lies on the wrong side of each end is taken
// for another way to count.

// climbOnLong makes a fixed window as exact as a long recording asks for.
func (w *windowFit) climbOnLong() {
	if w.kind != aligned {
		return
	}
	best, ok := w.best()
	at := w.boundaries()
	if !ok || len(at) == 0 {
		return
	}
	at = at[:min(len(at), mostOfLong)]
	x := sharpened(at, tuned(at, best.x))
	w.try(x, w.step(x, w.s.binWidth(w.reading)))
	w.ends = nil
	w.climbPhase()
}

// climbPhase moves the phase of the best window as long as that explains more: the moments
// of boundaries are those of answers, as far off as these differ.
func (w *windowFit) climbPhase() {
	best, _ := w.best()
	t := &w.tried[w.indexOf(best.x)]
	for size := w.s.table.Jitter; size >= w.s.table.Jitter/4; size /= 2 {
		for range mostMoves {
			phase := w.phases[t.x]
			if !w.tryPhase(t, phase.Add(-size)) && !w.tryPhase(t, phase.Add(size)) {
				break
			}
		}
	}
}

// tryPhase takes a phase over if it explains more.
func (w *windowFit) tryPhase(t *trial, phase capture.Instant) bool {
	result := w.s.scanCounts(w.counter(w.windowCount).Fixed(toDuration(t.x), phase))
	if result.Best.LogLik <= t.logLik()+rounding {
		return false
	}
	result.LogEvidence = max(t.result.LogEvidence, result.LogEvidence+math.Log(w.s.table.Jitter.Seconds()/t.x))
	t.result, w.phases[t.x] = result, phase
	return true
}
