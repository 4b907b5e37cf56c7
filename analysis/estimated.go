package analysis

import (
	"math"
	"time"

	"gonum.org/v1/gonum/floats"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
	"why403/capture"
)

// Gateways that keep two numbers a key estimate what a sliding window holds from two fixed
// ones, which are of a usual length and begin with the clock's. Between a sliding window
// and a bucket, it refuses nearly what either does, and is told apart by what these two
// are wrong about.

// estimatedShare is the prior of such a window among quotas.
const estimatedShare = 0.1

// estimated weighs a quota in such windows; false if nothing speaks for one.
func (s *study) estimated(p covariate.Partition) (quotaTry, bool) {
	best := quotaTry{
		variant: countsAccepted, share: estimatedShare, kind: estimatedFrom,
		result: evidence.Result{Best: evidence.Cell{LogLik: math.Inf(-1)}},
	}
	if s.forced != nil || !s.table.ClockSet || !s.table.OneClock() || !s.cameBack(p) {
		return best, false
	}
	var terms []float64
	key := "estimated " + p.Scope
	for _, r := range s.readings {
		counter := s.table.Counter(p.Labels, p.N, r, covariate.LetThrough)
		for _, x := range s.estimatedWindows(key) {
			window := toDuration(x)
			offsets, off := s.clockOffsets(window)
			for _, ahead := range offsets {
				counts := func() evidence.Range { return counter.Estimated(window, s.windowBefore(window, ahead), off) }
				result := s.scanCounts(counts())
				terms = append(terms, result.LogEvidence-math.Log(float64(len(offsets))))
				if result.Best.LogLik > best.result.Best.LogLik+rounding {
					best.result, best.counts, best.reading = result, counts, r
					best.window = &Threshold{Value: x, Low: x, High: x, Unit: "s"}
				}
			}
		}
	}
	if best.counts == nil {
		return best, false
	}
	s.note(s.prefix+key, key, []trial{{x: best.window.Value, result: best.result}})
	best.logEv = floats.LogSumExp(terms) - math.Log(float64(len(usualWindows)*len(s.readings)))
	return best, true
}

// estimatedWindows are those to try; on a long recording what its beginning came to.
func (s *study) estimatedWindows(key string) []float64 {
	if s.beginning == nil {
		return usualBelow(s.span())
	}
	var list []float64
	for _, t := range s.begun(key).list {
		list = append(list, t.x)
	}
	return list
}

const (
	// mostOffsets of the gateway's clock are tried where it is not known well enough.
	mostOffsets = 5
	// wellKnown is the share of a window by which its beginning may be off and an estimate
	// of some hundred still be right.
	wellKnown = 0.005
)

// clockOffsets are what the gateway's clock may be ahead of ours, each within ± off.
func (s *study) clockOffsets(window time.Duration) (list []time.Duration, off time.Duration) {
	offset, off := s.table.Clock.Offset, s.table.Clock.Error
	if off.Seconds() <= wellKnown*window.Seconds() {
		return []time.Duration{offset}, off
	}
	step := 2 * off / mostOffsets
	for k := range time.Duration(mostOffsets) {
		list = append(list, offset-off+step/2+k*step)
	}
	return list, step / 2
}

// windowBefore is a moment before the start at which a clock, so far ahead of ours, began a
// window.
func (s *study) windowBefore(x, ahead time.Duration) capture.Instant {
	return s.start.Add(-(time.Duration(s.start)+ahead)%x - x)
}
