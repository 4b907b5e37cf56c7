package analysis

import (
	"testing"

	"why403/analysis/covariate"
	"why403/capture"
)

// Of two causes each is said to refuse with the status of what it alone foretells.
func TestEachCauseHasItsStatus(t *testing.T) {
	s := &study{table: &covariate.Table{}, majority: "429"}
	a, b := &hypothesis{cause: rateLimit}, &hypothesis{cause: concurrencyCap}
	for _, x := range []struct {
		status int
		a, b   int8
	}{{429, 1, -1}, {429, 1, 1}, {429, 1, 1}, {429, 1, 1}, {503, -1, 1}, {503, -1, 1}, {429, -1, 1}} {
		s.table.Attempts = append(s.table.Attempts, covariate.Attempt{Upgrade: &capture.Upgrade{Status: x.status}, Refused: true})
		s.table.Refused = append(s.table.Refused, true)
		a.predicted, b.predicted = append(a.predicted, foretell(x.a > 0)), append(b.predicted, foretell(x.b > 0))
	}
	parts := []*hypothesis{a, b}
	if got := s.speakingOf(a, parts).majority; got != "429" {
		t.Errorf("the rate limit refuses with %s", got)
	}
	if got := s.speakingOf(b, parts).majority; got != "503" {
		t.Errorf("the limit on open sockets refuses with %s", got)
	}
	s.table.Attempts[0].Upgrade.Status, s.table.Attempts[0].Upgrade.Outcome = 0, capture.Dropped
	if got := s.speakingOf(a, parts).majority; got != "a closed connection" {
		t.Errorf("who closes the connection refuses with %s", got)
	}
}
