package analysis

import (
	"testing"

	"why403/internal/sim/virtual"
)

// A quota that filled up under a steady load lets through, as long as its window, what left
// the window as steadily: no bucket is determined by that.
func TestSteadyWindowIsNoBucketYet(t *testing.T) {
	run := familyCaseOf(t, "sliding-per-client", 1_009_501).Run
	at := virtual.RefusedAt(run)[19]
	f := explain(virtual.Until(run, at))
	if f.Verdict.Status == Determined && f.Verdict.Causes[0].Cause == "rate-limit" {
		t.Error(f.Verdict.Says)
	}
}
