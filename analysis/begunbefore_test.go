package analysis_test

import (
	"math"
	"testing"

	"why403/analysis"
)

// A recording that begins within a fixed window does not see what was counted in it before.
func TestWindowBegunBefore(t *testing.T) {
	for _, seed := range []uint64{1, 4, 5, 7, 13} {
		c := caseOf(t, "window-begun-before", seed)
		v, want := analysis.Explain(c.Run).Verdict, c.Truth.Causes[0]
		if v.Status != analysis.Determined || len(v.Causes) != 1 || v.Causes[0].Cause != want.Cause || math.Abs(v.Causes[0].Threshold.Value-want.Value) > want.Slack {
			t.Errorf("seed %d: want a quota of %v: %s: %s", seed, want.Value, v.Status, v.Says)
		}
	}
}
