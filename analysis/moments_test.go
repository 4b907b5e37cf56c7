package analysis

import (
	"testing"
	"time"

	"why403/analysis/covariate"
	"why403/capture"
)

// Refusals of one stall are one moment, however many, and prove no limit beside another.
func TestALimitBesideAnotherIsReachedMoreThanOnce(t *testing.T) {
	for _, c := range []struct {
		name string
		at   []time.Duration // of the refusals that only the rate limit calls
		want bool
	}{
		{"one stall", []time.Duration{5 * time.Second, 5*time.Second + time.Millisecond, 5*time.Second + 9*time.Millisecond, 5500 * time.Millisecond}, false},
		{"two", []time.Duration{5 * time.Second, 5*time.Second + time.Millisecond, 9 * time.Second}, false},
		{"three", []time.Duration{time.Second, 5 * time.Second, 9 * time.Second}, true},
	} {
		s := &study{table: &covariate.Table{}}
		rate := &hypothesis{cause: rateLimit}
		limit := &hypothesis{cause: tokenExpired}
		for _, at := range c.at {
			s.table.Attempts = append(s.table.Attempts, covariate.Attempt{Sent: capture.Instant(at)})
			s.table.Refused = append(s.table.Refused, true)
			rate.predicted = append(rate.predicted, toRefuse)
			limit.predicted = append(limit.predicted, toAccept)
		}
		if got := s.eachReached(&hypothesis{parts: []*hypothesis{limit, rate}}); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
