package analysis_test

import (
	"bytes"
	"encoding/json"
	"runtime"
	"slices"
	"testing"

	"why403/analysis"
	"why403/internal/sim/virtual"
)

// One run of a family for each cause of the vocabulary, two of them at once, and of
// what must not be named.
func TestCausesAreFound(t *testing.T) {
	for _, name := range []string{
		"cap", "cap-linger", "cap-per-token", "bucket", "window", "sliding", "ban", "expired", "too-old", "not-yet-valid", "overused-rested",
		"missing-placeholder", "attribute-kid", "overload-queue", "outage", "random", "cap-and-expired", "every-nth", "shards",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := caseOf(t, name, 1)
			f := analysis.Explain(c.Run)
			var got []string
			for _, cause := range f.Verdict.Causes {
				got = append(got, cause.Cause)
			}
			if c.Truth.Kind == virtual.Foreign {
				if f.Verdict.Status == analysis.Determined {
					t.Errorf("determined as %v, which it is not", got)
				}
				return
			}
			if f.Verdict.Status != analysis.Determined {
				t.Fatalf("%s: %v", f.Verdict.Status, f.Verdict.Says)
			}
			for _, w := range c.Truth.Causes {
				if !slices.Contains(got, w.Cause) {
					t.Errorf("found %v, want %s", got, w.Cause)
				}
			}
		})
	}
}

// Same run in, same bytes out, on one processor as on several.
func TestExplainIsDeterministic(t *testing.T) {
	c := caseOf(t, "attribute-and-cap", 2)
	first, err := json.Marshal(analysis.Explain(c.Run))
	if err != nil {
		t.Fatal(err)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, processors := range []int{1, 2, 8} {
		runtime.GOMAXPROCS(processors)
		if again, _ := json.Marshal(analysis.Explain(c.Run)); !bytes.Equal(first, again) {
			t.Fatalf("differs on %d processors:\n%s\n%s", processors, first, again)
		}
	}
}

func caseOf(t *testing.T, name string, seed uint64) virtual.Case {
	t.Helper()
	for _, f := range virtual.Families() {
		if f.Name == name {
			return f.Case(seed)
		}
	}
	t.Fatalf("no family %q", name)
	return virtual.Case{}
}
