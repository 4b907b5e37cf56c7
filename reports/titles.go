package reports

import (
	"fmt"

	"why403/analysis"
)

// Figures are titled with what they show where the cause is known, and never
// with more than their own marks bear out.

// globalCap is the limit on open sockets of the whole gateway that the verdict names,
// or false. Limits per token and the like cannot be drawn over all sockets, nor one
// that counts closed sockets for a while.
func globalCap(f *analysis.Findings) (analysis.Cause, bool) {
	return drawable(f, func(c analysis.Cause) bool {
		return c.Cause == "concurrency-cap" && c.Scope == "global" && (c.Linger == nil || c.Linger.Value == 0)
	})
}

// limitText labels a limit that is drawn, and says so if it is only a candidate.
func limitText(f *analysis.Findings, what string) string {
	if f.Verdict.Status == analysis.Determined {
		return "limit: " + what
	}
	return "a limit of " + what + "?"
}

// ageLimit is the token age in seconds from which on the verdict says that
// tokens are refused, or false.
func ageLimit(f *analysis.Findings) (analysis.Cause, bool) {
	return drawable(f, func(c analysis.Cause) bool {
		return c.Cause == "token-too-old" && c.Threshold.Unit == "s"
	})
}

func drawable(f *analysis.Findings, is func(analysis.Cause) bool) (analysis.Cause, bool) {
	for _, c := range f.Verdict.Causes {
		if c.Threshold != nil && is(c) {
			return c, true
		}
	}
	return analysis.Cause{}, false
}

func timelineTitle(f *analysis.Findings, x *analysis.Exhibits) string {
	n := refusals(f)
	switch {
	case n == 0:
		return fmt.Sprintf("No upgrade was refused with up to %s open", plural(f.PeakOpen, "socket", "sockets"))
	case f.Verdict.Status != analysis.Determined || len(f.Verdict.Causes) != 1:
		return fmt.Sprintf("When the %s came, and how many sockets were open", plural(n, "refusal", "refusals"))
	}
	c := f.Verdict.Causes[0]
	limit, ok := globalCap(f)
	if !ok || !allAtOrAbove(x.Points, limit.Threshold.Value) {
		return fmt.Sprintf("When the %s came: %s", plural(n, "refusal", "refusals"), line(causeName(c.Cause)))
	}
	at := quantity(limit.Threshold.Value, limit.Threshold.Unit)
	if c.Explains.Refused == c.Explains.Of {
		return fmt.Sprintf("Every refusal lies at %s or more", at)
	}
	return fmt.Sprintf("%s of %s refusals lie at %s or more", count(c.Explains.Refused), count(c.Explains.Of), at)
}

func ageTitle(f *analysis.Findings, x *analysis.Exhibits) string {
	limit, capped := globalCap(f)
	old, aged := ageLimit(f)
	switch {
	case refusals(f) == 0:
		return "No upgrade was refused, whatever its token's age"
	case f.Verdict.Status != analysis.Determined || len(f.Verdict.Causes) != 1:
		return "Token age and open sockets of every upgrade"
	case capped && allAtOrAbove(x.Points, limit.Threshold.Value):
		return "Open sockets decide, token age does not"
	case aged:
		return fmt.Sprintf("Tokens older than %s are refused, at any load", span(seconds(old.Threshold.Value)))
	}
	return "Token age and open sockets of every upgrade"
}

// allAtOrAbove reports whether the marks bear out that no upgrade was refused
// below limit.
func allAtOrAbove(points []analysis.Point, limit float64) bool {
	for _, p := range points {
		if p.Refused && float64(p.Open) < limit {
			return false
		}
	}
	return true
}
