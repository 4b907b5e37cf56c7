package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"sync"
	"testing"

	"why403/analysis"
	"why403/internal/sim"
)

// TestScenarios runs every scenario as a user would, through the proxy, and compares
// the findings with the scenario's answer. It takes minutes, so it wants WHY403_E2E=1.
//
// A busy machine spoils a load that is to exceed a rate: what failed among others
// runs once more, alone.
func TestScenarios(t *testing.T) {
	if os.Getenv("WHY403_E2E") == "" {
		t.Skip("WHY403_E2E is not set")
	}
	var mu sync.Mutex
	var again []sim.Scenario
	atOnce := make(chan struct{}, 4)
	t.Run("at once", func(t *testing.T) {
		for _, s := range sim.Scenarios() {
			t.Run(s.Name, func(t *testing.T) {
				t.Parallel()
				atOnce <- struct{}{}
				defer func() { <-atOnce }()
				f, problems := demo(t, s), problems{}
				problems.checkAnswer(s.Want, f)
				t.Logf("%s: %s", f.Verdict.Status, f.Verdict.Says)
				if len(problems) > 0 {
					t.Logf("%q", problems)
					mu.Lock()
					defer mu.Unlock()
					again = append(again, s)
				}
			})
		}
	})
	for _, s := range again {
		t.Run(s.Name+" alone", func(t *testing.T) {
			f, problems := demo(t, s), problems{}
			problems.checkAnswer(s.Want, f)
			t.Logf("%s: %s", f.Verdict.Status, f.Verdict.Says)
			for _, p := range problems {
				t.Error(p)
			}
		})
	}
}

// demo runs a scenario and returns its findings.
func demo(t *testing.T, s sim.Scenario) *analysis.Findings {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(context.Background(), []string{"demo", "--scenario", s.Name, "--json"}, nil, &out, &errs); code != 0 {
		t.Fatalf("exit %d: %s", code, &errs)
	}
	f := new(analysis.Findings)
	if err := json.Unmarshal(out.Bytes(), f); err != nil {
		t.Fatal(err)
	}
	return f
}

// problems are where findings differ from a scenario's answer.
type problems []string

func (p *problems) add(format string, args ...any) { *p = append(*p, fmt.Sprintf(format, args...)) }

func (p *problems) checkAnswer(want sim.Answer, f *analysis.Findings) {
	var named []string
	for _, c := range f.Verdict.Causes {
		named = append(named, c.Cause)
	}
	if want.Status == "" {
		for _, c := range named {
			if f.Verdict.Status == analysis.Determined && !slices.Contains(want.Causes, c) {
				p.add("determined as %s, which it is not", c)
			}
		}
		return
	}
	if string(f.Verdict.Status) != want.Status {
		p.add("%s, want %s", f.Verdict.Status, want.Status)
	}
	for _, c := range want.Causes {
		if !slices.Contains(named, c) {
			p.add("%s is not named", c)
		}
	}
	if want.Status == string(analysis.Determined) && len(f.Verdict.Causes) > 0 {
		p.checkCause(want, f.Verdict.Causes[0])
	}
}

func (p *problems) checkCause(want sim.Answer, c analysis.Cause) {
	if !slices.Contains(want.Causes, c.Cause) {
		p.add("%s is named and not true", c.Cause)
	}
	if want.Scope != "" && c.Scope != want.Scope && !slices.Contains(c.ScopeEquivalent, want.Scope) {
		p.add("scope %s (%v), want %s", c.Scope, c.ScopeEquivalent, want.Scope)
	}
	if want.Unit == "" {
		return
	}
	if c.Threshold == nil || math.Abs(c.Threshold.Value-want.Threshold) > max(1, 0.02*want.Threshold) {
		p.add("threshold %+v, want %v", c.Threshold, want.Threshold)
	}
}
