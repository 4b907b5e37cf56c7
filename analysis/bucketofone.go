package analysis

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// bucketsOfOne joins quotas of one upgrade in a window that slides, or that the upgrade
// begins, to buckets that hold one: 1 within w is 1/w a second after a burst of 1. No
// recording and no experiment tells one from the other, so that they are one hypothesis.
func bucketsOfOne(hs []*hypothesis) []*hypothesis {
	return slices.DeleteFunc(hs, func(q *hypothesis) bool {
		i := slices.IndexFunc(hs, func(r *hypothesis) bool { return r.isBucketOf(q) })
		if i < 0 {
			return false
		}
		hs[i].logEvidence = floats.LogSumExp([]float64{hs[i].logEvidence, q.logEvidence})
		return true
	})
}

// isBucketOf reports whether a hypothesis is another with a bucket in place of a quota.
func (h *hypothesis) isBucketOf(q *hypothesis) bool {
	if len(h.parts) != len(q.parts) {
		return false
	}
	buckets := 0
	for _, part := range h.single() {
		same := func(o *hypothesis) bool { return o.cause == part.cause && o.scope == part.scope }
		if slices.ContainsFunc(q.single(), same) {
			continue
		}
		if !slices.ContainsFunc(q.single(), part.holdsOne) {
			return false
		}
		buckets++
	}
	return buckets == 1
}

// holdsOne reports whether a bucket is a quota of one, by another name.
func (h *hypothesis) holdsOne(q *hypothesis) bool {
	return h.cause == rateLimit && q.cause == quota && h.scope == q.scope && h.tokensToo == q.tokensToo &&
		h.ofOne() && q.threshold != nil && q.threshold.Value == 1 && q.variant == countsAccepted &&
		(q.windowKind == sliding || q.windowKind == fromFirst) && alike(h.predicted, q.predicted)
}

// ofOne reports whether a bucket holds one.
func (h *hypothesis) ofOne() bool { return h.burst != nil && math.Round(h.burst.Value) == 1 }
