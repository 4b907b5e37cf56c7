package analysis_test

import (
	"math"
	"slices"
	"testing"

	"why403/analysis"
	"why403/internal/sim/virtual"
)

// Stretches of refusals come of many things. A ban is one of them only if its trigger
// is seen to begin each.
func TestStretchesAreNoBan(t *testing.T) {
	for _, c := range []struct {
		family string
		seed   uint64
	}{{"stale-of-waves", 2}, {"stale-of-waves", 5}, {"periodic", 2}, {"ban-at-random", 2}, {"outage", 0}} {
		t.Run(c.family, func(t *testing.T) {
			t.Parallel()
			f := analysis.Explain(caseOf(t, c.family, c.seed).Run)
			if f.Verdict.Status == analysis.Determined && f.Verdict.Causes[0].Cause != "outage" {
				t.Errorf("determined: %s", f.Verdict.Says)
			}
		})
	}
}

// One stretch of a single source may be an outage, a ban or the end of a window, and
// an experiment tells.
func TestOneStretchIsUndetermined(t *testing.T) {
	for _, seed := range []uint64{1, 2} {
		f := analysis.Explain(caseOf(t, "ban-once", seed).Run)
		if f.Verdict.Status != analysis.Undetermined || !slices.Contains(f.UndecidedBetween, "source-ban") {
			t.Errorf("seed %d: %s, %s", seed, f.Verdict.Status, f.Verdict.Says)
		}
		if f.NextExperiment == nil {
			t.Errorf("seed %d: no experiment", seed)
		}
	}
}

// A mechanism that is unsure of most attempts explains nothing.
func TestUnsureExplainsNothing(t *testing.T) {
	f := analysis.Explain(caseOf(t, "overload-queue", 5).Run)
	if h := f.Hypotheses[0]; h.Cause != "overload" {
		t.Errorf("%s leads, with %+v", h.Cause, h.Counts)
	}
}

// Where nothing was recorded after the last refusal but answers of the same moment, an outage ends
// nowhere, and every probability is a number all the same.
func TestLastAnswersOfOneMoment(t *testing.T) {
	run := caseOf(t, "steps-cap-shared", 1011600).Run
	f := analysis.Explain(virtual.Until(run, virtual.RefusedAt(run)[9]))
	for _, h := range f.Hypotheses {
		if math.IsNaN(h.Probability) || math.IsNaN(h.LogEvidence) {
			t.Errorf("%s %s: probability %v, log evidence %v", h.Cause, h.Scope, h.Probability, h.LogEvidence)
		}
	}
}
