package covariate

import (
	"slices"
	"time"

	"why403/capture"
)

// queuesBeside reports whether the acceptances next to refusals waited nearly as long as
// these, and longer than usual: the wait grew until it was too long, where what breaks down at
// once leaves those before it as they always are.
func (t *Table) queuesBeside() bool {
	var beside []time.Duration
	wait := func(k int) time.Duration {
		a := &t.Attempts[t.bySent[k]]
		return a.Answered.Sub(a.Sent)
	}
	late := func(k int) bool { return t.Refused[t.bySent[k]] && wait(k) > t.RefusedWait/2 }
	for k := 1; k < len(t.bySent); k++ {
		switch before, after := t.Refused[t.bySent[k-1]], t.Refused[t.bySent[k]]; {
		case !before && late(k):
			beside = append(beside, wait(k-1))
		case !after && late(k-1):
			beside = append(beside, wait(k))
		}
	}
	slices.Sort(beside)
	return quantile(beside, 0.5) > (t.Usual+t.RefusedWait)/2
}

// Paced reports whether those that waited were let through in step, each about as long after
// the one before.
func (t *Table) Paced() bool {
	var steps []time.Duration
	var last capture.Instant
	for _, i := range t.opened {
		a := &t.Attempts[i]
		if last.Seen() && a.Sent < last {
			steps = append(steps, a.Answered.Sub(last))
		}
		last = a.Answered
	}
	if len(steps) < fewestTrips {
		return false
	}
	slices.Sort(steps)
	return quantile(steps, 0.75)-quantile(steps, 0.25) < quantile(steps, 0.5)/inStep
}

// inStep is how many times longer the usual step is than half of them differ by.
const inStep = 4
