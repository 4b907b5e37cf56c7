package e2e

import (
	"bytes"
	"encoding/json"
	"maps"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"why403/analysis"
	"why403/internal/sim"
)

// TestJMeterRunsTheExperiment: a plain ramp with one token for all cannot tell its limit
// from much else. What the report says to run next, run with the properties that it gives, can.
func TestJMeterRunsTheExperiment(t *testing.T) {
	need(t, "java")
	gw := simulated(t, sim.GatewayOptions{Cap: 30, RequireToken: true})
	ramp := plan{"threads": "45", "rampup": "5", "hold": "8", "ping": "1", "token.mode": "shared"}
	first, f := recordPlan(t, gw, ramp)
	if f.Verdict.Status != analysis.Undetermined || f.NextExperiment == nil {
		t.Fatalf("the ramp alone: %s: %s", f.Verdict.Status, f.Verdict.Says)
	}
	t.Logf("%s: %q", f.NextExperiment.Name, f.NextExperiment.Do)
	next := maps.Clone(ramp)
	for _, m := range regexp.MustCompile(`-J([a-z.]+)=([^\s,]*[^.\s,])`).FindAllStringSubmatch(strings.Join(f.NextExperiment.Do, " "), -1) {
		next[m[1]] = m[2]
	}
	second, _ := recordPlan(t, gw, next)
	cause := wantCause(t, explained(t, first, second), "concurrency-cap", "global")
	if cause.Threshold == nil || cause.Threshold.Value != 30 {
		t.Errorf("threshold %+v, want exactly 30", cause.Threshold)
	}
}

// recordPlan runs the plan through why403 and returns its run file and what it shows.
func recordPlan(t *testing.T, gw gateway, p plan) (run string, f *analysis.Findings) {
	t.Helper()
	dir := t.TempDir()
	run = filepath.Join(dir, "run.db")
	args := []string{"run", "--json", "--run", run, "--upstream-ca", gw.roots, "--"}
	return run, findings(t, append(args, jmeter(t, dir, gw, p)...)...)
}

func explained(t *testing.T, runs ...string) *analysis.Findings {
	t.Helper()
	return findings(t, append([]string{"explain", "--json"}, runs...)...)
}

func findings(t *testing.T, args ...string) *analysis.Findings {
	t.Helper()
	cmd := why403(t, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	f := new(analysis.Findings)
	if err := json.Unmarshal(stdout.Bytes(), f); err != nil {
		t.Fatalf("findings: %v\n%s", err, stdout.String())
	}
	return f
}
