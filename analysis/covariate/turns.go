package covariate

import (
	"time"

	"why403/capture"
)

// Turn is a change from refusals to an acceptance under one label.
type Turn struct {
	Label int32
	// First and Last are the refusals in a row that came before, Accepted the
	// acceptance after them; 0 if none came.
	First, Last, Accepted capture.Instant
	Longest               time.Duration // the longest pause between two of the refusals
	Refusals              int
}

// CameBack reports whether under any label a refusal was followed by an acceptance, with
// attempts marked in without passed over.
func (t *Table) CameBack(labels []int32, n int, without []bool) bool {
	refused := make([]bool, n)
	for i, l := range labels {
		switch {
		case l < 0 || without != nil && without[i]:
		case t.Refused[i]:
			refused[l] = true
		case refused[l]:
			return true
		}
	}
	return false
}

// Turns returns the runs of refusals under each label, with the moments of a reading,
// in the order in which they end, those that do not end last. Attempts marked in
// without are passed over.
func (t *Table) Turns(labels []int32, n int, r Reading, without []bool) []Turn {
	running := make([]Turn, n)
	var turns []Turn
	order, moments := t.moments(r)
	for k, i := range order {
		l := labels[i]
		if l < 0 || without != nil && without[i] {
			continue
		}
		at, run := moments[k], &running[l]
		switch {
		case t.Refused[i] && run.Refusals == 0:
			*run = Turn{Label: l, First: at, Last: at, Refusals: 1}
		case t.Refused[i]:
			run.Longest = max(run.Longest, at.Sub(run.Last))
			run.Last = at
			run.Refusals++
		case run.Refusals > 0:
			run.Accepted = at
			turns = append(turns, *run)
			run.Refusals = 0
		}
	}
	for _, run := range running {
		if run.Refusals > 0 {
			turns = append(turns, run)
		}
	}
	return turns
}
