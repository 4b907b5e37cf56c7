package analysis

import "testing"

// A ban that each refusal of a limit begins is what a limit looks like that lets nobody in again
// until it has emptied for a while; one that expired tokens begin is not.
func TestBanThatALimitBegins(t *testing.T) {
	for _, c := range []struct {
		cause    *cause
		forgiven float64
		want     bool
	}{{concurrencyCap, 0, true}, {concurrencyCap, 2, false}, {tokenExpired, 0, false}} {
		ban := &hypothesis{cause: sourceBan, variant: afterRefusals, threshold: &Threshold{Value: c.forgiven}}
		both := &hypothesis{cause: sourceBan, parts: []*hypothesis{ban, {cause: c.cause}}}
		if got := both.setsOffItself(ban); got != c.want {
			t.Errorf("beside %s after %v: %v", c.cause.name, c.forgiven, got)
		}
	}
}
