package analysis_test

import (
	"testing"

	"why403/analysis"
)

// The experiment that is proposed decides, where on its own it once did not.
func TestExperimentDecides(t *testing.T) {
	for _, c := range []struct {
		family string
		seed   uint64
		name   string
	}{
		// A sliding window that happens to end as places become free.
		{"ramp-cap-fresh", 308, "close a third and reopen"},
		// A fixed window that happens to end while a third opens again and again.
		{"ramp-outage", 1000300, "slower ramp, then reopen thirds"},
		// A ban that the same load again does not outlast, so that fixed windows fit.
		{"ban-once", 303, "the same load, and a few from a second address"},
		// A bucket that lets nothing in for as long as it is tried, and two after a long rest.
		{"kept-up-per-token", 306, "let tokens rest, then use them again"},
		// A ban whose beginning an answer that was overtaken hides is a candidate all the same.
		{"ban-once", 1000, "the same load, and a few from a second address"},
	} {
		t.Run(c.family, func(t *testing.T) {
			t.Parallel()
			of := caseOf(t, c.family, c.seed)
			first := analysis.Explain(of.Run)
			if first.NextExperiment == nil || first.NextExperiment.Name != c.name {
				t.Fatalf("proposes %+v, want %s", first.NextExperiment, c.name)
			}
			scene, _ := of.Scene.Experiment(c.name, suspected(first, "concurrency-cap"), suspected(first, "quota"))
			v := analysis.Explain(joined(t, scene.Recordings()...)).Verdict
			if v.Status != analysis.Determined || v.Causes[0].Cause != of.Truth.Causes[0].Cause {
				t.Errorf("%s: %s", v.Status, v.Says)
			}
		})
	}
}

// suspected is the number that a candidate names, 0 for none.
func suspected(f *analysis.Findings, cause string) int {
	for _, c := range f.Verdict.Causes {
		if c.Cause == cause && c.Threshold != nil {
			return int(c.Threshold.Value)
		}
	}
	return 0
}
