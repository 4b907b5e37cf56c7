package analysis

import (
	"slices"
	"testing"

	"why403/analysis/covariate"
)

// Beside a limit an outage must have been seen to begin, or it may be of what the limit had
// counted before.
func TestSeenToBegin(t *testing.T) {
	for _, c := range []struct {
		name          string
		before        int // upgrades let through before the outage
		other         *hypothesis
		seen, carried bool
	}{
		{"at the beginning, beside a limit", 2, &hypothesis{cause: concurrencyCap, threshold: &Threshold{Value: 50}}, false, true},
		{"later", 20, &hypothesis{cause: concurrencyCap, threshold: &Threshold{Value: 50}}, true, false},
		{"before a quota could have filled", 20, &hypothesis{cause: quota, threshold: &Threshold{Value: 50}}, false, true},
		{"after it could", 60, &hypothesis{cause: quota, threshold: &Threshold{Value: 50}}, true, false},
		{"before a bucket was empty", 20, &hypothesis{cause: rateLimit, threshold: &Threshold{Value: 1}, burst: &Threshold{Value: 30}}, false, true},
		{"at the beginning, beside what does not count", 2, &hypothesis{cause: tokenExpired}, false, false},
	} {
		refused := append(make([]bool, c.before), slices.Repeat([]bool{true}, 10)...)
		out := &hypothesis{cause: outage, predicted: make(prediction, len(refused))}
		for i, no := range refused {
			out.predicted[i] = foretell(no)
		}
		c.other.counts.N11 = 95
		s := &study{table: &covariate.Table{Refused: refused}, refused: 100}
		if got := s.seenToBegin(out, c.other); got != c.seen {
			t.Errorf("%s: seen to begin: %v", c.name, got)
		}
		both := &hypothesis{cause: c.other.cause, parts: []*hypothesis{c.other, out}}
		if limit, begin := s.carriedOver(both); (limit == c.other && begin == out) != c.carried {
			t.Errorf("%s: carried over: %v", c.name, begin == out)
		}
		if c.other.counts.N11 = 50; c.carried && s.proven(both) {
			t.Errorf("%s: half of the refusals are of an outage that nobody saw begin, and it is proven", c.name)
		}
	}
}
