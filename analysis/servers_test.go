package analysis_test

import (
	"strings"
	"testing"

	"why403/analysis"
	"why403/internal/sim/virtual"
)

// While two servers with a limit each fill up they refuse as one limit of twice as many does;
// one limit that places were given back to and taken from shows to be one.
func TestTwoServersAreNotOneLimit(t *testing.T) {
	for _, c := range []struct {
		family    string
		seed      uint64
		refusals  int
		determine bool
	}{
		{"two-shards", 1007004, 20, false},
		{"two-shards", 1007009, 20, false},
		{"two-shards", 1007019, 10, false},
		{"two-shards", 1007132, 20, false}, // looks like a rate limit
		{"two-shards", 1007139, 50, false},
		{"two-shards", 1011601, 50, false}, // a burst of which it cannot be told what came first
		{"cap-in-waves", 1007100, 50, true},
		{"cap-in-waves", 1007101, 50, true},
	} {
		run := caseOf(t, c.family, c.seed).Run
		f := analysis.Explain(virtual.Until(run, virtual.RefusedAt(run)[c.refusals-1]))
		if determined := f.Verdict.Status == analysis.Determined; determined != c.determine {
			t.Errorf("%s %d at refusal %d: %s, %s", c.family, c.seed, c.refusals, f.Verdict.Status, f.Verdict.Says)
		}
	}
}

func TestVerdictNamesTwoServers(t *testing.T) {
	run := caseOf(t, "two-shards", 1007004).Run
	f := analysis.Explain(virtual.Until(run, virtual.RefusedAt(run)[19]))
	if want := "two servers that share upgrades out at random and hold at most 13 sockets each"; !strings.Contains(f.Verdict.Says, want) {
		t.Errorf("%q does not say %q", f.Verdict.Says, want)
	}
}
