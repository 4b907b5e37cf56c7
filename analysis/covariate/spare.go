package covariate

import "why403/analysis/evidence"

// spareCounts returns room for a count by attempt, with anything in it.
func (t *Table) spareCounts() []int32 {
	if spare, ok := t.spare.Get().(*[]int32); ok {
		return *spare
	}
	return make([]int32, len(t.Attempts))
}

// Recycle takes back the memory of counts that nobody will look at any more. In a long
// recording each value of a parameter that is tried takes some megabytes.
func (t *Table) Recycle(r evidence.Range) {
	for _, side := range [][]int32{r.Lo, r.Mid, r.Hi} {
		t.spare.Put(&side)
	}
}
