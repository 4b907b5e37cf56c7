package analysis

import (
	"slices"
	"testing"

	"why403/internal/sim/virtual"
)

// A limit on the attempts within a time that retries keep reached refuses the same as
// tokens used too often; a token that rested tells.
func TestUsesWithinATimeThatNothingOutlasts(t *testing.T) {
	c := familyCaseOf(t, "kept-up-per-token", 2)
	f := Explain(c.Run)
	if f.Verdict.Status != Undetermined || !slices.Contains(f.UndecidedBetween, "quota") || !slices.Contains(f.UndecidedBetween, "token-overused") {
		t.Errorf("%s between %v", f.Verdict.Status, f.UndecidedBetween)
	}
	if x := f.NextExperiment; x == nil || x.Name != restTokens {
		t.Errorf("next experiment %+v", x)
	}
	if f := Explain(familyCaseOf(t, "overused-rested", 1).Run); f.Verdict.Status != Determined || f.Verdict.Causes[0].Cause != "token-overused" {
		t.Errorf("after a rest: %s: %s", f.Verdict.Status, f.Verdict.Says)
	}
}

// Threads that each keep a token share none, however often each is used.
func TestTokensOfThreadsAreNotShared(t *testing.T) {
	for mode, want := range map[virtual.Mode]bool{virtual.PerThread: false, virtual.Shared: true} {
		scene := virtual.Scene{
			Seed:    5,
			Loads:   []virtual.Load{{Threads: 20, Over: 5, Until: 120, Hold: 3, Pause: 1, Spread: 0.5}},
			Network: virtual.Network{Way: 0.002, Jitter: 0.001},
			Tokens:  virtual.Tokens{Mode: mode},
			Gateway: virtual.Gateway{Rules: []virtual.Rule{virtual.Cap{N: 10}.Rule()}, Work: 0.001},
		}
		s := newStudy(scene.Run())
		s.begin()
		if f := s.loadFacts(suspects{}); f.shared != want {
			t.Errorf("mode %d: shared %v", mode, f.shared)
		}
	}
}
