package covariate

import (
	"slices"
	"time"

	"why403/analysis/evidence"
	"why403/capture"
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

// InHand counts, for each attempt, the acceptances that the gateway had taken up and not
// answered when it came. An answer is seen so much later than a place is free. What was
// answered about that moment may have been in hand or not.
func (t *Table) InHand(later time.Duration) evidence.Range {
	sent, answered := t.acceptances()
	before := func(list []capture.Instant, at capture.Instant) int32 {
		n, _ := slices.BinarySearch(list, at)
		return int32(n)
	}
	out := evidence.Range{Lo: t.spareCounts(), Mid: t.spareCounts(), Hi: t.spareCounts()}
	blur := max(t.Transit, t.RefusedWait/2) // a decision lies anywhere between request and answer
	for i, at := range t.sentOf {
		itself := int32(0)
		if !t.Refused[i] {
			itself = 1
		}
		out.Mid[i] = max(0, before(sent, at)-before(answered, at.Add(later)))
		out.Lo[i] = max(0, min(out.Mid[i], before(sent, at.Add(-blur))-before(answered, at.Add(later+blur))))
		out.Hi[i] = max(out.Mid[i], before(sent, at.Add(blur+1))-itself-before(answered, at.Add(later-blur)))
	}
	return out
}

// acceptances returns when those were sent and when answered, each in order.
func (t *Table) acceptances() (sent, answered []capture.Instant) {
	for i := range t.sentOf {
		if !t.Refused[i] {
			sent, answered = append(sent, t.sentOf[i]), append(answered, t.answeredAt[i])
		}
	}
	slices.Sort(sent)
	return sent, answered
}
