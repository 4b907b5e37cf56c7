package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"why403/analysis"
)

// SARIF writes the verdict as a SARIF 2.1.0 log (OASIS Standard), which code
// scanning services read. Each cause is a rule (§3.49); each cause of the verdict is
// a result (§3.27), an error if it is determined and a warning if it is a candidate;
// an insufficient recording is a note. Results lie in the run file, whose name is
// file, relative to the place the log is read from. The version is that of why403.
func SARIF(w io.Writer, f *analysis.Findings, version, file string) error {
	log := sarifLog{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0",
		Runs: []sarifRun{{
			Tool:    sarifTool{sarifDriver{Name: "why403", Version: line(version), Rules: sarifRules()}},
			Results: sarifResults(f, line(file)),
		}},
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(log); err != nil {
		return fmt.Errorf("write findings as SARIF: %w", err)
	}
	_, err := io.WriteString(w, escapeInvisible(b.String()))
	return err
}

// undecided is the rule of a recording from which no cause can be named.
const undecided = "undecided"

func sarifRules() []sarifRule {
	rules := []sarifRule{}
	for _, c := range analysis.Vocabulary {
		rules = append(rules, sarifRule{c, sarifText{causeName(c)}})
	}
	return append(rules, sarifRule{undecided, sarifText{"Refusals whose cause cannot be told"}})
}

func sarifResults(f *analysis.Findings, file string) []sarifResult {
	out := []sarifResult{} // not null: no results, as against not computed (§3.14.23)
	for _, c := range f.Verdict.Causes {
		out = append(out, newSarifResult(f, c, file))
	}
	if len(out) == 0 && refusals(f) > 0 {
		out = append(out, sarifResult{
			RuleID: undecided, Level: "note", Message: sarifText{line(f.Verdict.Says)}, Locations: sarifIn(file),
			Fingerprints: map[string]string{"why403/1": undecided},
		})
	}
	return out
}

func newSarifResult(f *analysis.Findings, c analysis.Cause, file string) sarifResult {
	r := sarifResult{
		RuleID: c.Cause, Level: "error", Locations: sarifIn(file),
		Fingerprints: map[string]string{"why403/1": line(c.Cause + "/" + c.Scope)},
		Properties: map[string]any{
			"probability": c.Probability, "scope": line(c.Scope), "refused": c.Explains.Refused, "of": c.Explains.Of,
			"contradictedBy": c.ContradictedBy, "attempts": f.Attempts,
		},
	}
	if c.Threshold != nil {
		r.Properties["threshold"] = c.Threshold
	}
	says := []string{line(c.Says)}
	if f.Verdict.Status != analysis.Determined {
		r.Level = "warning"
		says = append(says, fmt.Sprintf("This is one candidate of %d, with a probability of %s.", len(f.Verdict.Causes), probability(c.Probability)))
	}
	if len(c.Do) > 0 {
		says = append(says, "Do first: "+line(c.Do[0]))
	}
	r.Message.Text = strings.Join(says, " ")
	return r
}

func sarifIn(file string) []sarifLocation {
	return []sarifLocation{{sarifPhysical{sarifArtifact{URI: uriPath(file)}}}}
}

// uriPath writes a file name as a relative reference (RFC 3986 §4.2): what is not
// unreserved or a slash is percent-encoded.
func uriPath(name string) string {
	var b strings.Builder
	for _, c := range []byte(strings.ReplaceAll(name, `\`, "/")) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~/", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool    sarifTool     `json:"tool"`
	Results []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID    string    `json:"id"`
	Short sarifText `json:"shortDescription"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	Level        string            `json:"level"`
	Message      sarifText         `json:"message"`
	Locations    []sarifLocation   `json:"locations"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Properties   map[string]any    `json:"properties,omitempty"`
}

type sarifLocation struct {
	Physical sarifPhysical `json:"physicalLocation"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}
