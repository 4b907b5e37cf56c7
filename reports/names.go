package reports

import (
	"fmt"
	"strings"

	"why403/analysis"
)

// causeNames are the causes of docs/causes.md as a person would say them.
var causeNames = map[string]string{
	"concurrency-cap":     "Limit on open sockets",
	"rate-limit":          "Rate limit",
	"quota":               "Quota per window",
	"token-expired":       "Expired token",
	"token-too-old":       "Token too old",
	"token-not-yet-valid": "Token not yet valid",
	"token-overused":      "Token used too often",
	"token-missing":       "No usable token",
	"attribute":           "Something in the request",
	"source-ban":          "Source banned for a while",
	"overload":            "Overload",
	"outage":              "Outage for a while",
	"random":              "At random",
	"unknown":             "None of these",
}

var scopeNames = map[string]string{
	"global":       "whole gateway",
	"token":        "per token",
	"subject":      "per subject",
	"client":       "per client id",
	"organisation": "per organisation",
	"source":       "per source address",
	"edge":         "per edge",
	"host":         "per host",
}

// causeName names a cause; one that has no name here is shown as it is.
func causeName(cause string) string {
	if name, ok := causeNames[cause]; ok {
		return name
	}
	return cause
}

// scopeName names a scope. "global" says something only of causes that could
// have another scope.
func scopeName(cause, scope string) string {
	if scope == "global" {
		switch cause {
		case "concurrency-cap", "rate-limit", "quota", "source-ban":
		default:
			return ""
		}
	}
	if name, ok := scopeNames[scope]; ok {
		return name
	}
	return scope
}

// scopesOf names equivalent scopes.
func scopesOf(scopes []string) []string {
	var out []string
	for _, s := range scopes {
		if name, ok := scopeNames[s]; ok {
			s = name
		}
		out = append(out, line(s))
	}
	return out
}

// scopedName is cause and scope together, "Limit on open sockets, per token".
func scopedName(cause, scope string) string {
	if s := scopeName(cause, scope); s != "" {
		return causeName(cause) + ", " + s
	}
	return causeName(cause)
}

// title names a cause of a verdict, with its attribute if that is what it is
// about: "Something in the request: scope = chat:read".
func title(c analysis.Cause) string {
	name := scopedName(c.Cause, c.Scope)
	if c.Attribute != nil {
		name += ": " + parameter(c.Cause, nil, nil, c.Attribute)
	}
	return line(name)
}

// parameter writes the threshold, linger and attribute of a cause, "" if it has
// none: "45 open sockets (44 to 45 fit as well); a closed socket counts for 30 s".
func parameter(cause string, t, linger *analysis.Threshold, a *analysis.Attribute) string {
	var out []string
	if a != nil {
		out = append(out, a.Name+" = "+cut(a.Value, 120))
	}
	if t != nil {
		out = append(out, threshold(cause, *t))
	}
	if linger != nil && linger.High > 0 {
		out = append(out, "a closed socket still counts for "+threshold("", *linger))
	}
	return line(strings.Join(out, "; "))
}

// threshold writes a threshold and the interval of values that fit as well, the
// way its cause means it.
func threshold(cause string, t analysis.Threshold) string {
	before, after := "", ""
	switch cause {
	case "token-too-old":
		before = "older than "
	case "outage":
		after = " after the start"
	case "token-expired":
		after = " after expiry"
		if t.Value < 0 {
			t.Value, t.Low, t.High = -t.Value, -t.High, -t.Low
			after = " before expiry"
		}
	}
	s := quantity(t.Value, t.Unit)
	if cause == "token-expired" && t.Value == 0 {
		s, after = "at expiry", ""
	}
	low, high := quantity(t.Low, t.Unit), quantity(t.High, t.Unit)
	if t.Low == 0 && t.High == 0 || low == s && high == s {
		return before + s + after
	}
	if t.Unit != "s" {
		low, high = number(t.Low), number(t.High)
	}
	return fmt.Sprintf("%s%s%s (%s to %s fit as well)", before, s, after, low, high)
}

// quantity is a value with its unit, seconds as people write them.
func quantity(v float64, unit string) string {
	if unit == "s" {
		return span(seconds(v))
	}
	return strings.TrimSpace(number(v) + " " + unit)
}

// statusWords say a verdict's status with a sign, because colour alone does not.
var statusWords = map[analysis.Status]struct{ Sign, Word string }{
	analysis.Determined:   {"✔", "determined"},
	analysis.Undetermined: {"?", "undetermined"},
	analysis.Insufficient: {"…", "too little to say"},
	analysis.NoRefusals:   {"○", "no refusals"},
}

// nothing is the word for a recording without upgrades, which must not look like
// a load that passed.
const nothing = "nothing recorded"

// statusOf is the sign and the word for a verdict.
func statusOf(f *analysis.Findings) (sign, word string) {
	if f.Attempts == 0 {
		return "…", nothing
	}
	s, known := statusWords[f.Verdict.Status]
	if !known {
		return "", line(string(f.Verdict.Status))
	}
	return s.Sign, s.Word
}

// closeCodes are the names of RFC 6455 §7.4.1 and of the registry it opened.
var closeCodes = map[int]string{
	1000: "normal closure", 1001: "going away", 1002: "protocol error", 1003: "unsupported data",
	1005: "no status", 1007: "invalid payload", 1008: "policy violation", 1009: "message too big",
	1010: "extension expected", 1011: "internal error", 1012: "service restart", 1013: "try again later",
	1014: "bad gateway",
}

// codeName is a close code with its name, "1008 policy violation".
func codeName(code int) string {
	if name, ok := closeCodes[code]; ok {
		return fmt.Sprintf("%d %s", code, name)
	}
	return fmt.Sprint(code)
}
