package analysis

import (
	"cmp"
	"math"
	"slices"
	"time"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
	"why403/capture"
)

// The range of lingers, and so of their log-uniform prior. Shorter ones are within
// what a reading allows for.
const (
	leastLinger = 50 * time.Millisecond
	mostLinger  = time.Hour
)

// fitLinger tries the lingers that the recording suggests, under the best reading.
//
// If a closed socket counts for L seconds, then a place becomes free L after a
// close, and the first acceptance after a refusal comes just after that: among the
// times from earlier closes to such acceptances, L is where they pile up.
func (f *capFit) fitLinger() {
	reading := f.tried[f.best].reading
	waits := f.releaseWaits()
	if len(waits) == 0 {
		return
	}
	width := f.binWidth()
	for k, at := range peaks(waits, width) {
		// The acceptance is seen up to a wait after the place became free.
		f.try(reading, at, width)
		f.try(reading, max(at-f.s.table.Wait, leastLinger), width)
		if k < climbed {
			f.climb(reading, at, width)
		}
	}
}

// climbed is how many of the highest peaks are refined.
const climbed = 3

// climb moves from the better of what was tried about a peak to a better linger as
// long as there is one, in steps down to an eighth of a bin.
func (f *capFit) climb(reading covariate.Reading, at, width time.Duration) {
	best := f.bestNear(at, width+f.s.table.Wait)
	for step := width; step >= width/8; step /= 2 {
		for range mostMoves {
			f.try(reading, best.linger+step, step)
			f.try(reading, max(best.linger-step, leastLinger), step)
			next := f.bestNear(best.linger, step)
			if next.result.Best.LogLik <= best.result.Best.LogLik {
				break
			}
			best = next
		}
	}
}

// mostMoves bounds the steps of one size.
const mostMoves = 4

// bestNear returns the best try with a linger within reach of one.
func (f *capFit) bestNear(at, reach time.Duration) capTry {
	best := capTry{result: evidence.Result{Best: evidence.Cell{LogLik: math.Inf(-1)}}}
	for _, t := range f.tried {
		if t.linger > 0 && (t.linger-at).Abs() <= reach && t.result.Best.LogLik > best.result.Best.LogLik {
			best = t
		}
	}
	return best
}

// mostPairs bounds the work of releaseWaits.
const mostPairs = 400_000

// releaseWaits returns the times from releases to the first acceptances after a
// refusal, under each label, in order.
func (f *capFit) releaseWaits() []time.Duration {
	releases, firsts := f.releasesAndFirsts()
	pairs := 0
	for l, at := range firsts {
		pairs += len(at) * len(releases[l])
	}
	stride := 1 + pairs/mostPairs
	var waits []time.Duration
	for l, at := range firsts {
		for k := 0; k < len(at); k += stride {
			for _, r := range releases[l] {
				if wait := at[k].Sub(r); wait > leastLinger && wait < mostLinger {
					waits = append(waits, wait)
				}
			}
		}
	}
	slices.Sort(waits)
	return waits
}

// releasesAndFirsts returns by label the releases and the first acceptances after
// a refusal.
func (f *capFit) releasesAndFirsts() (releases, firsts [][]capture.Instant) {
	t := f.s.table
	releases = make([][]capture.Instant, f.part.N)
	firsts = make([][]capture.Instant, f.part.N)
	refusing := make([]bool, f.part.N)
	for i := range t.Attempts {
		l := f.part.Labels[i]
		if l < 0 {
			continue
		}
		if refusing[l] && !t.Refused[i] {
			firsts[l] = append(firsts[l], t.Attempts[i].Answered)
		}
		refusing[l] = t.Refused[i]
		if at, released := t.Release(i); released {
			releases[l] = append(releases[l], at)
		}
	}
	return releases, firsts
}

// binWidth is how finely lingers can be told apart: the usual time between two
// attempts, in which a free place is not noticed.
func (f *capFit) binWidth() time.Duration {
	t := f.s.table
	gap := t.Attempts[len(t.Attempts)-1].Answered.Sub(t.Attempts[0].Answered) / time.Duration(len(t.Attempts))
	return max(2*gap, 2*t.Jitter, leastLinger/2)
}

// mostPeaks is how many lingers are tried.
const mostPeaks = 6

// peaks returns where sorted values pile up most above their surroundings, at bins
// of the width.
func peaks(sorted []time.Duration, width time.Duration) []time.Duration {
	bins := make([]float64, 2+min(int64(sorted[len(sorted)-1]/width), 1<<20))
	for _, v := range sorted {
		bins[min(int64(v/width), int64(len(bins)-1))]++
	}
	type peak struct {
		at    time.Duration
		score float64
	}
	var found []peak
	for i := range bins {
		around := mean(bins[max(0, i-around):min(len(bins), i+around+1)])
		if score := (bins[i] - around) / math.Sqrt(around+1); score > 1 {
			found = append(found, peak{time.Duration(i)*width + width/4, score})
		}
	}
	slices.SortStableFunc(found, func(a, b peak) int { return cmp.Compare(b.score, a.score) })
	var at []time.Duration
	for _, p := range found[:min(len(found), mostPeaks)] {
		at = append(at, max(p.at, leastLinger))
	}
	return at
}

// around is how many bins either side a peak is compared with.
const around = 12

func mean(v []float64) float64 {
	var sum float64
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

// lingerMasses returns the log-uniform prior mass of the cell that each tried
// linger stands for: to the middle of its neighbours, at most half a step.
func lingerMasses(tried []capTry) []float64 {
	span := math.Log(float64(mostLinger) / float64(leastLinger))
	masses := make([]float64, len(tried))
	var order []int
	for i, t := range tried {
		if t.linger > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(tried[a].linger, tried[b].linger) })
	for k, i := range order {
		t := tried[i]
		low, high := t.linger-t.step/2, t.linger+t.step/2
		if k > 0 {
			low = max(low, (tried[order[k-1]].linger+t.linger)/2)
		}
		if k+1 < len(order) {
			high = min(high, (tried[order[k+1]].linger+t.linger)/2)
		}
		if low = max(low, leastLinger/2); high > low {
			masses[i] = math.Log(float64(high)/float64(low)) / span
		}
	}
	return masses
}
