package analysis_test

import (
	"math"
	"testing"

	"why403/analysis"
)

// A recording that begins within a fixed window does not see what was counted in it before.
func TestWindowBegunBefore(t *testing.T) {
	for _, seed := range []uint64{1, 4, 7, 13} {
		c := caseOf(t, "window-begun-before", seed)
		v, want := analysis.Explain(c.Run).Verdict, c.Truth.Causes[0]
		if v.Status != analysis.Determined || len(v.Causes) != 1 || v.Causes[0].Cause != want.Cause || math.Abs(v.Causes[0].Threshold.Value-want.Value) > want.Slack {
			t.Errorf("seed %d: want a quota of %v: %s: %s", seed, want.Value, v.Status, v.Says)
		}
	}
}

// Two stretches of refusals are no quota of which one window had begun before: it is at most a
// rival of two outages, where the recording is known to have begun amid the load.
func TestTwoStretchesAreNoWindow(t *testing.T) {
	v := analysis.Explain(caseOf(t, "window-begun-before", 9).Run).Verdict
	if v.Status == analysis.Determined || v.Causes[0].Cause != "quota" {
		t.Errorf("%s: %s", v.Status, v.Says)
	}
	run := *caseOf(t, "window-begun-before", 9).Run
	run.Losses = nil
	if v := analysis.Explain(&run).Verdict; v.Status == analysis.Determined && v.Causes[0].Cause == "quota" {
		t.Errorf("of whose beginning nothing is known: %s", v.Says)
	}
}
