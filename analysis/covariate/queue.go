package covariate

import (
	"slices"
	"time"
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
