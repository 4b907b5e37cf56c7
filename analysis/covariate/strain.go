package covariate

import (
	"slices"
	"time"
)

// Pending counts, for each attempt, those sent before it that had no answer when it
// was sent.
func (t *Table) Pending() []float64 {
	out := make([]float64, len(t.Attempts))
	answered := 0
	for k, i := range t.bySent {
		sent := t.Attempts[i].Sent
		for answered < len(t.Attempts) && t.Attempts[answered].Answered <= sent {
			answered++
		}
		out[i] = max(0, float64(k-answered))
	}
	return out
}

// recentAnswers is how many answers [Table.RecentWaits] looks back at.
const recentAnswers = 5

// RecentWaits returns, for each attempt, the median time in milliseconds that the
// last answers before it took.
func (t *Table) RecentWaits() []float64 {
	out := make([]float64, len(t.Attempts))
	answered := 0
	var last [recentAnswers]time.Duration
	for _, i := range t.bySent {
		sent := t.Attempts[i].Sent
		for answered < len(t.Attempts) && t.Attempts[answered].Answered <= sent {
			a := &t.Attempts[answered]
			last[answered%recentAnswers] = a.Answered.Sub(a.Sent)
			answered++
		}
		sorted := last
		slices.Sort(sorted[:])
		out[i] = float64(sorted[recentAnswers/2]) / float64(time.Millisecond)
	}
	return out
}
