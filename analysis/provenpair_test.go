package analysis

import (
	"testing"
	"time"

	"why403/analysis/covariate"
	"why403/capture"
)

// Beside another cause a quota must have filled up three times, and a token that was used too
// often must have been left alone: whatever else refuses in a stretch or two fits as well.
func TestWhatStandsBesideIsProven(t *testing.T) {
	s := &study{refused: 20, table: &covariate.Table{}}
	quotaPart, other := &hypothesis{cause: quota, scope: "global", threshold: &Threshold{Value: 2}}, &hypothesis{cause: attribute}
	all := covariate.Partition{Scope: "global", N: 1}
	for fill := range 3 {
		for k := range 4 {
			refused := k >= 2
			s.table.Refused = append(s.table.Refused, refused)
			s.table.Attempts = append(s.table.Attempts, covariate.Attempt{Upgrade: &capture.Upgrade{}, Refused: refused})
			quotaPart.predicted = append(quotaPart.predicted, foretell(refused))
			other.predicted = append(other.predicted, toAccept)
			all.Labels = append(all.Labels, 0)
		}
		s.parts = []covariate.Partition{all}
		both := &hypothesis{cause: quota, parts: []*hypothesis{quotaPart, other}}
		if got, want := s.proven(both), fill == 2; got != want {
			t.Errorf("after it filled up %d times: proven %v", fill+1, got)
		}
	}
}

// What another cause refuses says nothing of how long a token was left alone.
func TestTokenIsLeftAloneBesideAnother(t *testing.T) {
	run := &capture.Run{}
	run.Started = 1
	at := func(s float64) capture.Instant { return run.Started.Add(time.Duration(s * float64(time.Second))) }
	s := &study{run: run, start: run.Started, table: covariate.Build(run)}
	p := covariate.Partition{Scope: "token", N: 1}
	for k, when := range []float64{0, 1, 2, 3, 60} {
		s.table.Attempts = append(s.table.Attempts, covariate.Attempt{Upgrade: &capture.Upgrade{}, Sent: at(when), Answered: at(when), Refused: k >= 2})
		s.table.Refused = append(s.table.Refused, k >= 2)
		p.Labels = append(p.Labels, 0)
	}
	s.parts = []covariate.Partition{p}
	h := &hypothesis{cause: tokenOverused, threshold: &Threshold{Value: 2}}
	if !s.leftAlone(h) {
		t.Error("a token that was refused after a minute's rest was not left alone")
	}
	s.forced = []bool{false, false, false, false, true}
	if s.leftAlone(h) {
		t.Error("a token was left alone until something else refused it")
	}
}
