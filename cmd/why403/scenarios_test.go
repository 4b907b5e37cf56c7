package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"why403/analysis"
	"why403/internal/sim"
)

// TestScenarios runs every scenario as a user would, through the proxy, and compares
// the findings with the scenario's answer. It takes minutes, so it wants WHY403_E2E=1.
func TestScenarios(t *testing.T) {
	if os.Getenv("WHY403_E2E") == "" {
		t.Skip("WHY403_E2E is not set")
	}
	atOnce := make(chan struct{}, 5)
	for _, s := range sim.Scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			atOnce <- struct{}{}
			defer func() { <-atOnce }()
			var out, errs bytes.Buffer
			if code := run(context.Background(), []string{"demo", "--scenario", s.Name, "--json"}, nil, &out, &errs); code != 0 {
				t.Fatalf("exit %d: %s", code, &errs)
			}
			var f analysis.Findings
			if err := json.Unmarshal(out.Bytes(), &f); err != nil {
				t.Fatal(err)
			}
			checkAnswer(t, s.Want, &f)
		})
	}
}

func checkAnswer(t *testing.T, want sim.Answer, f *analysis.Findings) {
	t.Helper()
	var named []string
	for _, c := range f.Verdict.Causes {
		named = append(named, c.Cause)
	}
	t.Logf("%s %v: %s", f.Verdict.Status, named, f.Verdict.Says)
	if want.Status == "" {
		for _, c := range named {
			if f.Verdict.Status == analysis.Determined && !slices.Contains(want.Causes, c) {
				t.Errorf("determined as %s, which it is not", c)
			}
		}
		return
	}
	if string(f.Verdict.Status) != want.Status {
		t.Errorf("%s, want %s", f.Verdict.Status, want.Status)
	}
	for _, c := range want.Causes {
		if !slices.Contains(named, c) {
			t.Errorf("%s is not named", c)
		}
	}
	if want.Status == string(analysis.Determined) && len(f.Verdict.Causes) > 0 {
		checkCause(t, want, f.Verdict.Causes[0])
	}
}

func checkCause(t *testing.T, want sim.Answer, c analysis.Cause) {
	t.Helper()
	if !slices.Contains(want.Causes, c.Cause) {
		t.Errorf("%s is named and not true", c.Cause)
	}
	if want.Scope != "" && c.Scope != want.Scope && !slices.Contains(c.ScopeEquivalent, want.Scope) {
		t.Errorf("scope %s (%v), want %s", c.Scope, c.ScopeEquivalent, want.Scope)
	}
	if want.Unit == "" {
		return
	}
	if c.Threshold == nil || math.Abs(c.Threshold.Value-want.Threshold) > max(1, 0.02*want.Threshold) {
		t.Errorf("threshold %+v, want %v", c.Threshold, want.Threshold)
	}
}
