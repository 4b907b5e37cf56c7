package analysis

import (
	"slices"
	"strings"
	"testing"

	"why403/capture"
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

// What a quota without an end says of its window, its advice says too; and answers that speak of
// a rate limit speak of it.
func TestTextsOfAnOpenEndedQuota(t *testing.T) {
	h := &hypothesis{cause: quota, scope: "token", variant: countsAccepted, windowKind: openEnded,
		threshold: &Threshold{Value: 4}, window: &Threshold{Value: 25, Low: 9.8, High: mostWindow}}
	for _, text := range append(doQuota(nil, h)[:2], inWindow(h)) {
		if !strings.Contains(text, "25 s") {
			t.Errorf("%q speaks of another time", text)
		}
	}
	c := familyCaseOf(t, "kept-up-per-token", 2)
	for _, u := range c.Run.Upgrades {
		if u.Outcome == capture.Refused {
			u.Body = []byte("Too Many Requests")
		}
	}
	s := newStudy(c.Run)
	per := &hypothesis{cause: quota, probability: 0.9}
	rate := &hypothesis{cause: rateLimit, probability: 0.001, scope: "global"}
	limit := &hypothesis{cause: concurrencyCap, probability: 0.9}
	if notes := answerNotes(s, &Findings{}, []*hypothesis{per, rate}); len(notes) > 0 {
		t.Errorf("beside a quota: %v", notes)
	}
	if notes := answerNotes(s, &Findings{}, []*hypothesis{limit, rate}); len(notes) != 1 {
		t.Errorf("beside a limit on open sockets: %v", notes)
	}
}
