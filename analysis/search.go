package analysis

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"why403/analysis/evidence"
)

// search fits a parameter that is no threshold (a linger, a window, a rate) at the
// values that the recording suggests. Each value tried carries the log-uniform
// prior mass of the cell it stands for: to the middle of its neighbours, at most
// half of the step at which it was told apart from them.
type search struct {
	low, high float64 // the range of the prior
	// key names the search within its study: what it came to on the beginning of a
	// long recording is all that is tried on the whole of it.
	key   string
	of    string // the mechanism that searches of several keys are of
	scan  func(x float64) evidence.Result
	tried []trial
}

// trial is one value with the scan over thresholds.
type trial struct {
	x, step float64
	result  evidence.Result
}

func (t trial) logLik() float64 { return t.result.Best.LogLik }

// run searches by a function, or tries what the beginning of the recording came to.
func (q *search) run(s *study, by func()) {
	key := s.prefix + q.key
	if s.beginning == nil {
		by()
		s.note(key, q.of, q.top(mostKept))
		return
	}
	for _, t := range s.begun(q.key).list {
		q.try(t.x, t.step)
	}
}

// begun returns what a search on the beginning came to: the same search, or that for a
// cause alone where two causes at once did not show yet.
func (s *study) begun(key string) found {
	if f, known := s.beginning.found[s.prefix+key]; known {
		return f
	}
	return s.beginning.found[key]
}

// toldOf reports whether a search on the beginning of a long recording told something.
func (s *study) toldOf(key string) bool {
	if s.beginning == nil {
		return false
	}
	f := s.begun(key)
	return f.top() >= f.nothing+leastTelling
}

// refine searches on by a function where a search found the most; what the beginning of
// a recording came to has been refined there.
func (q *search) refine(s *study, by func()) {
	if s.beginning == nil {
		by()
		s.note(s.prefix+q.key, q.of, q.top(mostKept))
	}
}

// mostKept is how many values a search on the beginning hands on.
const mostKept = 3

// top returns the best trials.
func (q *search) top(n int) []trial {
	list := slices.Clone(q.tried)
	rounded := func(t trial) float64 { return math.Round(t.logLik() / rounding) }
	slices.SortStableFunc(list, func(a, b trial) int { return cmp.Compare(rounded(b), rounded(a)) })
	return list[:min(n, len(list))]
}

// try scans the thresholds at a value, once.
func (q *search) try(x, step float64) {
	x = min(max(x, q.low), q.high)
	if q.indexOf(x) >= 0 {
		return
	}
	q.tried = append(q.tried, trial{x, step, q.scan(x)})
}

// indexOf returns where a value is among those tried, −1 if it is not.
func (q *search) indexOf(x float64) int {
	return slices.IndexFunc(q.tried, func(t trial) bool { return t.x == x })
}

// rounding is by how much two log likelihoods differ at most that are the same: sums in another
// order, or on another machine, are not equal to the bit, and a search must not turn on that.
const rounding = 1e-9

// best returns the value of the best likelihood, the first of equals.
func (q *search) best() (trial, bool) { return q.bestNear(0, math.Inf(1)) }

// bestLogLik is −Inf if nothing fits.
func (q *search) bestLogLik() float64 {
	t, _ := q.best()
	return t.logLik()
}

func (q *search) bestNear(at, reach float64) (trial, bool) {
	best := trial{result: evidence.Result{Best: evidence.Cell{LogLik: math.Inf(-1)}}}
	for _, t := range q.tried {
		if math.Abs(t.x-at) <= reach && t.logLik() > best.logLik()+rounding {
			best = t
		}
	}
	return best, !math.IsInf(best.logLik(), -1)
}

// mostMoves bounds the moves of one size of a climb.
const mostMoves = 3

// climb moves from the best of what was tried within reach of a value to a better
// one as long as there is one, in steps down to an eighth.
func (q *search) climb(at, reach, step float64) {
	best, ok := q.bestNear(at, reach)
	for size := step; ok && size >= step/8; size /= 2 {
		for range mostMoves {
			q.try(best.x+size, size)
			q.try(best.x-size, size)
			next, _ := q.bestNear(best.x, size*1.001)
			if next.logLik() <= best.logLik()+rounding {
				break
			}
			best = next
		}
	}
}

// widen tries values further and further from the best as long as they are about as
// good: a recording may say little of a value, and then many share its prior.
func (q *search) widen() {
	best, ok := q.best()
	for _, side := range []float64{-1, 1} {
		for d := best.step; ok && d < best.x/2; d *= 2 {
			at := best.x + side*d
			q.try(at, d)
			if next, _ := q.bestNear(at, 0); next.logLik() < best.logLik()-evidence.Tolerance-rounding {
				break
			}
		}
	}
}

// logEvidence sums up what was tried.
func (q *search) logEvidence() float64 {
	terms := []float64{math.Inf(-1)}
	masses := q.masses()
	for i, t := range q.tried {
		if masses[i] > 0 {
			terms = append(terms, t.result.LogEvidence+math.Log(masses[i]))
		}
	}
	return floats.LogSumExp(terms)
}

func (q *search) masses() []float64 {
	span := math.Log(q.high / q.low)
	order := make([]int, len(q.tried))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(q.tried[a].x, q.tried[b].x) })
	masses := make([]float64, len(q.tried))
	for k, i := range order {
		t := q.tried[i]
		low, high := t.x-t.step/2, t.x+t.step/2
		if k > 0 {
			low = max(low, (q.tried[order[k-1]].x+t.x)/2)
		}
		if k+1 < len(order) {
			high = min(high, (q.tried[order[k+1]].x+t.x)/2)
		}
		if low = max(low, q.low/2); high > low {
			masses[i] = math.Log(high/low) / span
		}
	}
	return masses
}

// interval is the best value with those that explain the recording about as well.
func (q *search) interval(unit string) *Threshold {
	best, _ := q.best()
	t := &Threshold{Value: best.x, Low: best.x - best.step/2, High: best.x + best.step/2, Unit: unit}
	for _, o := range q.tried {
		if o.logLik() >= best.logLik()-evidence.Tolerance-rounding {
			t.Low, t.High = min(t.Low, o.x), max(t.High, o.x)
		}
	}
	t.Low = max(t.Low, 0)
	return t
}

// peaks returns where values, counted in bins of a width from 0 on, pile up most
// above their surroundings; at most n, the highest first.
func peaks(bins []float64, width float64, n int) []float64 {
	type peak struct{ at, score float64 }
	var found []peak
	for i := range bins {
		around := mean(bins[max(0, i-around):min(len(bins), i+around+1)])
		if bins[i] < 2 {
			continue
		}
		if score := (bins[i] - around) / math.Sqrt(around+1); score > 1 {
			found = append(found, peak{(float64(i) + 0.25) * width, score})
		}
	}
	slices.SortStableFunc(found, func(a, b peak) int { return cmp.Compare(b.score, a.score) })
	var at []float64
	for _, p := range found[:min(len(found), n)] {
		at = append(at, p.at)
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

// span is an interval of values that an observation allows.
type span struct{ low, high float64 }

// mostStabbed returns the middles of the stretches that lie in the most intervals,
// at most n, the most stabbed first.
func mostStabbed(spans []span, n int) []float64 {
	type end struct {
		at   float64
		step int
	}
	var ends []end
	for _, s := range spans {
		if s.high > s.low {
			ends = append(ends, end{s.low, +1}, end{s.high, -1})
		}
	}
	slices.SortFunc(ends, func(a, b end) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.step, b.step)) })
	type stretch struct {
		at    float64
		depth int
	}
	var all []stretch
	depth := 0
	for i, e := range ends {
		depth += e.step
		if e.step > 0 && i+1 < len(ends) && ends[i+1].step < 0 {
			all = append(all, stretch{(e.at + ends[i+1].at) / 2, depth})
		}
	}
	slices.SortStableFunc(all, func(a, b stretch) int { return cmp.Compare(b.depth, a.depth) })
	var at []float64
	for _, s := range all[:min(len(all), n)] {
		at = append(at, s.at)
	}
	return at
}
