package analysis_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"why403/analysis"
	"why403/capture"
)

// turnedAway is the recording of a family in which every upgrade was refused.
func turnedAway(t *testing.T, name string, change func(*capture.Upgrade, *capture.Token)) *capture.Run {
	t.Helper()
	c := caseOf(t, name, 1)
	run := *c.Run
	run.Upgrades, run.Tokens = nil, map[capture.Fingerprint]capture.Token{}
	for _, u := range c.Run.Upgrades {
		v := *u
		if v.Outcome == capture.Accepted {
			v.Outcome, v.Status, v.Socket = capture.Refused, 403, capture.Socket{}
		}
		tok := c.Run.Tokens[v.Token()]
		change(&v, &tok)
		if len(v.Credentials) > 0 {
			run.Tokens[tok.Fingerprint] = tok
		}
		run.Upgrades = append(run.Upgrades, &v)
	}
	return &run
}

// Where nothing was accepted, what all requests have in common is named, and nothing is
// determined.
func TestNothingAccepted(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*capture.Upgrade, *capture.Token)
		want   string
		x      string // the experiment
	}{
		{"expired tokens", func(u *capture.Upgrade, tok *capture.Token) {
			tok.IssuedAt = u.Phases.RequestSent.Add(-2 * time.Hour)
			tok.ExpiresAt = u.Phases.RequestSent.Add(-time.Hour)
		}, "token-expired", "fresh token for each upgrade"},
		{"no token", func(u *capture.Upgrade, _ *capture.Token) { u.Credentials = nil }, "token-missing", "fresh token for each upgrade"},
		{"a literal", func(u *capture.Upgrade, tok *capture.Token) {
			*tok = capture.Token{Fingerprint: "x", Kind: capture.Placeholder, Placeholder: "${access_token}"}
			u.Credentials = []capture.Credential{{Token: "x", Place: "authorization", Scheme: "Bearer"}}
		}, "token-missing", "fresh token for each upgrade"},
		{"tokens of tomorrow", func(u *capture.Upgrade, tok *capture.Token) {
			tok.NotBefore = u.Phases.RequestSent.Add(24 * time.Hour)
			tok.ExpiresAt = u.Phases.RequestSent.Add(25 * time.Hour)
		}, "token-not-yet-valid", ""},
		{"tokens in order", func(*capture.Upgrade, *capture.Token) {}, "attribute", ""},
		{"the wrong audience", func(u *capture.Upgrade, tok *capture.Token) {
			u.Body = []byte(`{"error":"invalid audience"}`)
		}, "attribute", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := analysis.Explain(turnedAway(t, "cap", c.change))
			v := f.Verdict
			if v.Status != analysis.Undetermined || len(v.Causes) < 2 || v.Causes[0].Cause != c.want {
				t.Fatalf("%s between %v: %s", v.Status, f.UndecidedBetween, v.Says)
			}
			if p := v.Causes[0].Probability; p < 0.3 || p > 0.97 {
				t.Errorf("probability %v", p)
			}
			if c.x != "" && (f.NextExperiment == nil || f.NextExperiment.Name != c.x) {
				t.Errorf("proposes %+v", f.NextExperiment)
			}
			if !slices.ContainsFunc(f.Notes, func(n string) bool { return strings.Contains(n, "Nothing was accepted") }) {
				t.Errorf("notes %q", f.Notes)
			}
		})
	}
}
