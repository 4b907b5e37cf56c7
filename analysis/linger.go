package analysis

import (
	"time"

	"why403/analysis/covariate"
	"why403/capture"
)

// The range of lingers, and so of their log-uniform prior, in seconds. Shorter ones
// are within what a reading allows for.
const (
	leastLinger = 0.05
	mostLinger  = 3600
)

// fitLinger tries the lingers that the recording suggests.
//
// If a closed socket counts for L seconds, then a place becomes free L after a
// close, and the first acceptance after a refusal comes just after that: among the
// times from earlier closes to such acceptances, L is where they pile up.
func (f *capFit) fitLinger() {
	width := f.s.binWidth(covariate.Reading{})
	waits := f.s.waitsSince(f.releases(), f.part, covariate.Reading{}, width)
	wait := f.s.table.Wait.Seconds()
	for k, at := range peaks(waits, width, mostPeaks) {
		// The acceptance is seen up to a wait after the place became free.
		f.lingers.try(at, width)
		f.lingers.try(at-wait, width)
		if k < climbed && max(f.plain[f.best].result.Best.LogLik, f.lingers.bestLogLik()) >= f.s.promising(f.s.reached) {
			f.lingers.climb(at, width+wait, width)
		}
	}
	f.shortLingers(width)
}

// shortLingers tries those that lie within few bins, where no pile shows: the likelihood
// rises towards the right one from afar.
func (f *capFit) shortLingers(width float64) {
	const ratio, bins, finer = 1.5, 4, 8
	least := min(leastLinger*ratio, bins*width)
	for x := least; x < bins*width; x *= ratio {
		f.lingers.try(x, x*(ratio-1))
	}
	best, ok := f.lingers.best()
	if !ok || best.x >= bins*width || max(f.plain[f.best].result.Best.LogLik, best.logLik()) < f.s.promising(f.s.reached) {
		return
	}
	f.lingers.climb(best.x, best.step, best.step)
	f.lingers.climb(best.x, best.step, best.step/finer)
}

// mostPeaks is how many lingers are tried, climbed how many of them are refined.
const (
	mostPeaks = 6
	climbed   = 3
)

func (f *capFit) releases() [][]capture.Instant {
	releases := make([][]capture.Instant, f.part.N)
	for i, l := range f.part.Labels {
		if at, released := f.s.table.Release(i); released && l >= 0 {
			releases[l] = append(releases[l], at)
		}
	}
	return releases
}

// mostPairs bounds the work of waitsSince.
const mostPairs = 4_000_000

// waitsSince counts the times from earlier moments under each label to the first
// acceptances after a refusal, in bins of a width in seconds.
func (s *study) waitsSince(moments [][]capture.Instant, p covariate.Partition, r covariate.Reading, width float64) []float64 {
	firsts := s.firstAcceptances(p, r)
	pairs := 0
	for l, at := range firsts {
		pairs += len(at) * len(moments[l])
	}
	stride := 1 + pairs/mostPairs
	limit := min(mostLinger, s.duration())
	bins := make([]float64, 2+int(min(limit/width, 1<<20)))
	scale := 1 / (width * float64(time.Second))
	for l, at := range firsts {
		for k := 0; k < len(at); k += stride {
			for _, m := range moments[l] {
				if b := float64(at[k]-m) * scale; b > 0 && b < float64(len(bins)) {
					bins[int(b)]++
				}
			}
		}
	}
	return bins
}

func (s *study) firstAcceptances(p covariate.Partition, r covariate.Reading) [][]capture.Instant {
	firsts := make([][]capture.Instant, p.N)
	for _, t := range s.turns(p.Labels, p.N, r) {
		if t.Accepted.Seen() {
			firsts[t.Label] = append(firsts[t.Label], t.Accepted)
		}
	}
	return firsts
}

// binWidth is how finely such times can be told apart, in seconds: the usual time
// between two attempts, in which a free place is not noticed.
func (s *study) binWidth(r covariate.Reading) float64 {
	t := s.table
	between := t.Axis.Elapsed(t.Attempts[len(t.Attempts)-1].Answered) - t.Axis.Elapsed(t.Attempts[0].Answered)
	gap := between / time.Duration(len(t.Attempts))
	return max(2*gap, 2*t.Blur(r), time.Duration(leastLinger/2*float64(time.Second))).Seconds()
}

func toDuration(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }
