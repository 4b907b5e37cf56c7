package analysis

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
)

// banWay is a kind of ban: whether attempts during one renew it, and whether they
// count towards the next; if not, each ban clears the count.
type banWay struct{ renews, remembers bool }

var banWays = []banWay{{false, false}, {false, true}, {true, false}, {true, true}}

// banFit fits a ban's length, then the window that triggers it.
type banFit struct {
	s     *study
	part  covariate.Partition
	turns []covariate.Turn
}

// banFitted is a ban of one way and length.
type banFitted struct {
	banWay
	*banned
	windows *search
}

// logLik is the likelihood with the best window and limit.
func (b *banFitted) logLik() float64 {
	if b == nil {
		return math.Inf(-1)
	}
	t, _ := b.windows.best()
	return t.logLik() + b.within()
}

func fitBan(s *study, p covariate.Partition, scope string) *hypothesis {
	h := &hypothesis{scope: scope, equivalent: otherScopes(p, scope)}
	f := &banFit{s: s, part: p, turns: s.turns(p.Labels, p.N, covariate.Reading{})}
	var best *banFitted
	terms, causeless := []float64{math.Inf(-1)}, []float64{math.Inf(-1)}
	for _, way := range banWays {
		lengths, bare := search{low: leastBan, high: mostBan}, search{low: leastBan, high: mostBan}
		for _, length := range f.lengthsToTry(way.renews) {
			b := &banFitted{way, f.banned(length, way.renews), nil}
			step := length * f.precision(length, way.renews)
			bare.tried = append(bare.tried, trial{length, step, evidence.Result{LogEvidence: b.within() + b.uncaused()}})
			if best != nil && !f.hopeful(b) {
				continue
			}
			b.windows = f.windows(b)
			t, ok := b.windows.best()
			if !ok {
				continue
			}
			lengths.tried = append(lengths.tried, trial{length, step, evidence.Result{LogEvidence: b.within() + b.windows.logEvidence(), Best: t.result.Best}})
			if b.logLik() > best.logLik()+rounding {
				best = b
			}
		}
		prior := f.lengthPrior(way.renews) - math.Log(float64(len(banWays)))
		terms = append(terms, lengths.logEvidence()+prior)
		causeless = append(causeless, bare.logEvidence()+prior)
	}
	h.causeless = floats.LogSumExp(causeless)
	if best == nil {
		h.logEvidence = s.unfitted(func(i int) bool { return p.Labels[i] < 0 })
		return h
	}
	h.logEvidence = floats.LogSumExp(terms)
	f.fill(h, best)
	return h
}

// hopeful reports whether bans of a length may still reach the other causes, whatever begins
// them. Of those that may not, one window is searched for the story.
func (f *banFit) hopeful(b *banFitted) bool { return b.within() >= f.s.promising(f.s.reached) }

// fill puts the best of what was tried into the hypothesis.
func (f *banFit) fill(h *hypothesis, b *banFitted) {
	t, _ := b.windows.best()
	n := t.result.Best.UpTo
	h.logLik = b.logLik()
	h.threshold = &Threshold{Value: n, Low: math.Floor(t.result.Best.After) + 1, High: n, Unit: "upgrades"}
	if low := math.Floor(t.result.Low) + 1; low < h.threshold.Low {
		h.threshold.Low, h.threshold.High = low, t.result.High
	}
	h.predicted, h.starts = b.predict(f.s.predictCounts(f.counts(b, t.x), n, 0))
	h.starts.ended = len(f.spans(b.renews))
	h.counts = f.s.tally(h.predicted)
	h.window = b.windows.interval("s")
	h.lasts = f.lasts(b.length, b.renews)
	if b.renews {
		h.variant = renewing
	}
}

const renewing = ", longer if it goes on trying"

func otherScopes(p covariate.Partition, scope string) []string {
	others := []string{}
	for _, o := range append([]string{p.Scope}, p.Equivalent...) {
		if o != scope {
			others = append(others, o)
		}
	}
	return others
}
