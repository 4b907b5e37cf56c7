package failon

import (
	"strings"
	"testing"

	"why403/analysis"
)

// capped is a gateway's limit of 450 that refused 90 of 1,000 upgrades.
func capped() *analysis.Findings {
	return &analysis.Findings{
		Attempts: 1000, Accepted: 900, Refused: map[string]int{"403": 80}, RefusedInBand: map[string]int{"1008": 10},
		Failed: map[string]int{"timed-out": 7}, Pending: 3, PeakOpen: 450,
		Verdict: analysis.Verdict{Status: analysis.Determined, Causes: []analysis.Cause{{
			Cause: "concurrency-cap", Scope: "global", ScopeEquivalent: []string{"client"}, Probability: 0.98,
			Threshold: &analysis.Threshold{Value: 450, Unit: "open sockets"},
		}}},
	}
}

func TestCheck(t *testing.T) {
	undecided := capped()
	undecided.Verdict.Status = analysis.Undetermined
	for _, c := range []struct {
		condition string
		f         *analysis.Findings
		met       bool
	}{
		{"refused>1%", capped(), true},
		{"refused > 9 %", capped(), false},
		{"refused>=9%", capped(), true},
		{"refused>89", capped(), true},
		{"refused.403=80", capped(), true},
		{"refused.1008>0", capped(), true},
		{"refused.429>0", capped(), false},
		{"in-band>0", capped(), true},
		{"failed>=1%", capped(), false},
		{"accepted<90%", capped(), false},
		{"pending!=3", capped(), false},
		{"peak-open<500", capped(), true},
		{"verdict=determined", capped(), true},
		{"verdict!=determined", capped(), false},
		{"cause=concurrency-cap", capped(), true},
		{"cause=concurrency-cap", undecided, false},
		{"candidate=concurrency-cap", undecided, true},
		{"candidate!=token-expired", undecided, true},
		{"scope=client", capped(), true},
		{"probability>=98%", capped(), true},
		{"probability>0.98", capped(), false},
		{"cause=concurrency-cap and threshold<500", capped(), true},
		{"cause=concurrency-cap and threshold<400", capped(), false},
		{"threshold<500", undecided, false},
		{"refused>0%", &analysis.Findings{}, false},
		{"refused>=0", &analysis.Findings{}, true},
	} {
		parsed, err := Parse(c.condition)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := parsed.Check(c.f); got.Met != c.met {
			t.Errorf("%s: met %v, want %v (%s)", c.condition, got.Met, c.met, got.Says)
		}
	}
}

func TestCheckSaysWhatItFound(t *testing.T) {
	c, err := Parse("refused>1% and threshold<500 and cause=quota")
	if err != nil {
		t.Fatal(err)
	}
	want := "refused is 90 of 1000 (9 %), threshold is 450, cause is concurrency-cap"
	if got := c.Check(capped()).Says; got != want {
		t.Errorf("says %q, want %q", got, want)
	}
}

func TestCheckAll(t *testing.T) {
	conditions, err := ParseAll([]string{"refused>10%", "cause=concurrency-cap"})
	if err != nil {
		t.Fatal(err)
	}
	if results, met := CheckAll(conditions, capped()); !met || len(results) != 2 || results[0].Met || !results[1].Met {
		t.Errorf("met %v, results %+v; want the second one alone", met, results)
	}
	if _, met := CheckAll(conditions[:1], capped()); met {
		t.Error("met without a condition that is")
	}
}

func TestParseErrors(t *testing.T) {
	for condition, want := range map[string]string{
		"":               "no comparison",
		"refused":        "no comparison",
		"refused!1":      "unknown comparison",
		"refused>":       "no number",
		"refused>NaN":    "no number",
		"refused>x%":     "no number",
		"refuse>1":       `unknown name "refuse"; there are accepted, attempts`,
		"refused.99>1":   "unknown name",
		"refused.0403>1": "unknown name",
		"verdict=maybe":  "it is one of determined, undetermined",
		"cause=cap":      "one of concurrency-cap",
		"cause>quota":    "= and != only",
		"peak-open>5%":   "no share",
		"refused>1 and":  "no number",
	} {
		_, err := Parse(condition)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q) gives %v, want an error with %q", condition, err, want)
		}
	}
}

// FuzzParse checks that the canonical form of whatever parses is read back as
// itself, and that checking it never panics.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"refused>1%", "cause=quota and threshold <= 2.5", "refused.403!=0", "verdict = no-refusals", "=", "a and b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := Parse(s)
		if err != nil {
			return
		}
		again, err := Parse(c.String())
		if err != nil {
			t.Fatalf("%q became %q: %v", s, c.String(), err)
		}
		if again.String() != c.String() {
			t.Fatalf("%q became %q, and then %q", s, c.String(), again.String())
		}
		if a, b := c.Check(capped()), again.Check(capped()); a != b {
			t.Fatalf("%q gives %+v, its canonical form %+v", s, a, b)
		}
	})
}
