package analysis

import (
	"slices"
	"testing"
)

// Upgrades without a token have no client id. What is refused for that tells nothing
// between a bucket for all and one for the only client.
func TestScopesThatDifferByTheOtherCauseAreEquivalent(t *testing.T) {
	f := Explain(familyCaseOf(t, "bucket-and-missing", 4003).Run)
	for _, c := range f.Verdict.Causes {
		if c.Cause == "rate-limit" {
			if c.Scope != "global" || !slices.Contains(c.ScopeEquivalent, "client") {
				t.Errorf("%s, equivalent %v", c.Scope, c.ScopeEquivalent)
			}
			return
		}
	}
	t.Errorf("no rate limit: %s", f.Verdict.Says)
}
