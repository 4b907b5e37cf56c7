package analysis

import (
	"math"
	"slices"
)

// boundaries are the stretches, in seconds, in which a window can have ended: from
// the last refusal of a run to the acceptance after it. Runs much shorter than
// usual are slips.
func (w *windowFit) boundaries() []span {
	if w.ends == nil {
		w.ends = w.findBoundaries(true)
	}
	return w.ends
}

// findBoundaries finds them all, or those after runs of about the usual length.
func (w *windowFit) findBoundaries(onlyUsual bool) []span {
	turns := w.s.turns(w.part.Labels, w.part.N, w.reading)
	var lengths []float64
	for _, t := range turns {
		if t.Accepted.Seen() {
			lengths = append(lengths, t.Accepted.Sub(t.First).Seconds())
		}
	}
	if len(lengths) == 0 {
		return nil
	}
	slices.Sort(lengths)
	usual := lengths[len(lengths)*3/4]
	if !onlyUsual {
		usual = 0
	}
	var at []span
	for _, t := range turns {
		if t.Accepted.Seen() && t.Accepted.Sub(t.First).Seconds() >= usual/8 {
			at = append(at, span{w.s.since(t.Last), w.s.since(t.Accepted)})
		}
	}
	slices.SortStableFunc(at, func(a, b span) int { return compare(a.high, b.high) })
	return at
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// What bounds the work on boundaries: on those of all candidates, on those that each candidate
// is made precise with, and on those of a long recording, where it is one.
const (
	mostBoundaries = 400
	mostTuned      = 64
	mostOfLong     = 1 << 14
)

// grown refines a window: the boundaries are numbered by it, nearest to the first
// ones first, and it is fitted anew by least squares as more are taken in.
func grown(at []span, x float64) float64 {
	mid := func(s span) float64 { return (s.low + s.high) / 2 }
	from := mid(at[0])
	for n := 2; n <= len(at); n++ {
		var k, t, kk, kt float64
		for _, s := range at[:n] {
			i := math.Round((mid(s) - from) / x)
			k, t, kk, kt = k+i, t+mid(s), kk+i*i, kt+i*mid(s)
		}
		if d := float64(n)*kk - k*k; d > 0 {
			x = max((float64(n)*kt-k*t)/d, leastWindow/2)
		}
	}
	return x
}
