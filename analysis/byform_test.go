package analysis_test

import (
	"slices"
	"testing"

	"why403/analysis"
	"why403/capture"
)

// Two causes that refuse with a status each are found apart and together.
func TestFormsAreDiagnosedApart(t *testing.T) {
	c := caseOf(t, "cap-and-expired", 1)
	for _, u := range c.Run.Upgrades {
		expires := c.Run.Tokens[u.Token()].ExpiresAt
		if u.Outcome == capture.Refused && u.Phases.RequestSent > expires.Add(5e9) {
			u.Status = 401
		}
	}
	f := analysis.Explain(c.Run)
	if f.Verdict.Status != analysis.Determined || len(f.Verdict.Causes) != 2 {
		t.Fatalf("%s with %d causes: %s", f.Verdict.Status, len(f.Verdict.Causes), f.Verdict.Says)
	}
	if len(f.ByForm) != 2 {
		t.Fatalf("%d forms diagnosed apart, want 2", len(f.ByForm))
	}
	i := slices.IndexFunc(f.ByForm, func(x analysis.FormFinding) bool { return x.Form == "401" })
	if i < 0 {
		t.Fatalf("no verdict on the 401s: %+v", f.ByForm)
	}
	if v := f.ByForm[i].Verdict; v.Status != analysis.Determined || v.Causes[0].Cause != "token-expired" {
		t.Errorf("the 401s are %s: %s", v.Status, v.Says)
	}
}

// Few refusals that what is determined leaves over are of a cause of their own, where they have
// a form of their own.
func TestFewRefusalsOfAFormAreDiagnosedApart(t *testing.T) {
	f := analysis.Explain(caseOf(t, "bucket-and-expired", 1007004).Run)
	i := slices.IndexFunc(f.ByForm, func(x analysis.FormFinding) bool { return x.Form == "429" })
	if i < 0 || f.ByForm[i].Refused*20 > f.ByForm[1-i].Refused {
		t.Fatalf("by form: %+v", f.ByForm)
	}
	if !slices.ContainsFunc(f.Verdict.Causes, func(c analysis.Cause) bool { return c.Cause == "rate-limit" }) {
		t.Errorf("%s: %s", f.Verdict.Status, f.Verdict.Says)
	}
}
