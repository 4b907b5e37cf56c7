package analysis_test

import (
	"strings"
	"testing"

	"why403/analysis"
)

// A limit for each path looks like one of all that moves, or makes mistakes, and is not
// determined as such; the verdict says what it may be.
func TestLimitForEachPath(t *testing.T) {
	said := 0
	for seed := range uint64(6) {
		v := analysis.Explain(caseOf(t, "cap-per-path", seed).Run).Verdict
		if v.Status == analysis.Determined {
			t.Errorf("seed %d: %s", seed, v.Says)
		}
		if strings.Contains(v.Says, "for each path") {
			said++
		}
	}
	if said == 0 {
		t.Error("of none is it said that each path may have a limit")
	}
}
