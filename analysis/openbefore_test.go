package analysis_test

import (
	"testing"

	"why403/analysis"
	"why403/capture"
)

// Sockets that were open before the recording began take places until they close: the limit
// does not move, it is what is held once they have.
func TestSocketsOpenBefore(t *testing.T) {
	for _, seed := range []uint64{2, 3, 7} {
		c := caseOf(t, "cap-begun-before", seed)
		v, want := analysis.Explain(c.Run).Verdict, c.Truth.Causes[0].Value
		if v.Status != analysis.Determined || v.Causes[0].Threshold.Value != want || v.Causes[0].Moves != nil {
			t.Errorf("seed %d: want a limit of %v: %s: %s", seed, want, v.Status, v.Says)
		}
	}
}

// A limit may be higher than it shows by as many sockets as nobody counted.
func TestLimitMayBeHigher(t *testing.T) {
	run := *caseOf(t, "cap", 1).Run
	plain := analysis.Explain(&run).Verdict.Causes[0].Threshold
	run.Losses = append(run.Losses, capture.Loss{At: run.Started, Kind: capture.LostLate, Count: 5})
	if got := analysis.Explain(&run).Verdict.Causes[0].Threshold; got.High != plain.High+5 || got.Value != plain.Value {
		t.Errorf("%+v, without sockets open before %+v", got, plain)
	}
}
