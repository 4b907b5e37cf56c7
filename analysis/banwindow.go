package analysis

import (
	"fmt"
	"math"
	"slices"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
	"why403/capture"
)

// Bans are for bursts: longer windows than usual, in seconds, have a small part of the
// prior.
const (
	usualBanWindow = 60
	longBanWindow  = 0.03
)

// windows searches the window in which too many attempts start a ban.
func (f *banFit) windows(b *banFitted) *search {
	key := fmt.Sprintf("ban %s %v %.3g", f.part.Scope, b.banWay, b.length)
	q := &search{key: key, of: key, low: leastBanWindow, high: mostBanWindow, scan: func(x float64) evidence.Result {
		counts := f.counts(b, x)
		steps := evidence.Counted(counts, f.s.table.Refused, b.weights)
		f.s.table.Recycle(counts)
		r := evidence.Scan(steps, evidence.Counts(mostSockets))
		if x > usualBanWindow {
			r.LogEvidence += math.Log(longBanWindow)
		}
		return r
	}}
	q.run(f.s, func() {
		ratio := 1.25
		if !f.hopeful(b) {
			ratio = 2
		}
		limit := min(mostBanWindow, f.s.duration())
		for x := leastBanWindow * 1.2; x <= limit; x *= ratio {
			q.try(x, x*(ratio-1))
		}
		if limit < mostBanWindow {
			q.try(limit, 2*(mostBanWindow-limit)) // longer ones count alike
		}
		if best, ok := q.best(); ok && f.hopeful(b) {
			q.climb(best.x, best.step/2, min(best.step/2, best.x/4))
			best, _ = q.best()
			q.climb(best.x, best.step, best.step/2)
			best, _ = q.best()
			if cut, ok := f.cut(b, int(best.result.Best.UpTo)); ok {
				q.try((cut.low+cut.high)/2, cut.high-cut.low)
			}
		}
	})
	return q
}

// cut returns the windows that part best the attempts that began a ban from those that did
// not, given the limit. Bursts that come at once tell the limit and hardly the window;
// then the few that came more slowly leave no more of it than may lie between two steps
// of a search.
func (f *banFit) cut(b *banFitted, limit int) (span, bool) {
	type reach struct {
		back  float64 // seconds, to the first of the last so many attempts
		began bool
	}
	var reaches []reach
	wrong := 0 // of no window at all: the bans that began
	f.lookBack(b, limit, func(i int32, back float64) {
		reaches = append(reaches, reach{back, f.s.table.Refused[i]})
		if f.s.table.Refused[i] {
			wrong++
		}
	})
	slices.SortFunc(reaches, func(a, b reach) int { return compare(a.back, b.back) })
	best, least := span{}, math.MaxInt
	for k := range reaches {
		if reaches[k].began {
			wrong--
		} else {
			wrong++
		}
		next := span{reaches[k].back, math.Inf(1)}
		if k+1 < len(reaches) {
			next.high = reaches[k+1].back
		}
		if wrong < least || wrong == least && next.high-next.low > best.high-best.low {
			best, least = next, wrong
		}
	}
	return best, best.high > best.low && !math.IsInf(best.high, 1)
}

// lookBack visits the attempts that could begin a ban before which so many were counted,
// with how many seconds ago the first of the last of these was.
func (f *banFit) lookBack(b *banFitted, limit int, visit func(i int32, back float64)) {
	labels, n, counting := f.counted(b)
	past := make([][]capture.Instant, n)
	f.counter(b).Each(func(i int32, at capture.Instant) {
		l := labels[i]
		if l < 0 {
			return
		}
		if k := len(past[l]) - limit; k >= 0 && b.phases[i] == unbanned {
			visit(i, at.Sub(past[l][k]).Seconds())
		}
		if counting == covariate.AllAttempts || !f.s.table.Refused[i] {
			past[l] = append(past[l], at)
		}
	})
}

// counted says under which labels attempts count towards a ban, and which do.
func (f *banFit) counted(b *banFitted) (labels []int32, n int, counting covariate.Counting) {
	if b.remembers {
		return f.part.Labels, f.part.N, covariate.AllAttempts
	}
	return b.epochs, b.n, covariate.LetThrough
}

func (f *banFit) counter(b *banFitted) *covariate.Counter {
	if b.counter == nil {
		labels, n, counting := f.counted(b)
		b.counter = f.s.table.Counter(labels, n, f.s.table.Readings()[0], counting)
	}
	return b.counter
}

// counts counts the attempts of a source within a window before each.
func (f *banFit) counts(b *banFitted, window float64) evidence.Range {
	return f.counter(b).Trailing(toDuration(window))
}
