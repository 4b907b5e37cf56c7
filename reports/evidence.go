package reports

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"why403/analysis"
)

// refusals is the number of refusals of all kinds.
func refusals(f *analysis.Findings) int {
	return sum(f.Refused) + sum(f.RefusedInBand) + sum(f.RefusedSilently)
}

// unanswered is the number of upgrades that got no answer and were not refused so.
func unanswered(f *analysis.Findings) map[string]int {
	left := map[string]int{}
	for outcome, n := range f.Failed {
		if n -= f.RefusedSilently[outcome]; n > 0 {
			left[outcome] = n
		}
	}
	return left
}

func sum(m map[string]int) int {
	n := 0
	for _, v := range m {
		n += v
	}
	return n
}

// byKey writes a tally in the order of its keys, "403: 1,000, 429: 78", or the
// key alone if there is only one.
func byKey(m map[string]int) string {
	var out []string
	keys := slices.Sorted(maps.Keys(m))
	for _, k := range keys {
		switch {
		case m[k] == 0:
		case m[k] == sum(m):
			return line(k)
		default:
			out = append(out, fmt.Sprintf("%s: %s", line(k), count(m[k])))
		}
	}
	return strings.Join(out, ", ")
}

// evidence is what the verdict rests on, as clauses without full stops.
func evidence(f *analysis.Findings) []string {
	out := refusalClauses(f)
	if f.Verdict.Status == analysis.Determined {
		for _, c := range f.Verdict.Causes {
			out = append(out, explains(c, len(f.Verdict.Causes) > 1)+tooClose(f, c))
		}
	}
	if left := unanswered(f); len(left) > 0 {
		out = append(out, fmt.Sprintf("%s got no answer (%s)", count(sum(left)), byKey(left)))
	}
	if f.Pending > 0 {
		out = append(out, fmt.Sprintf("%s still waiting at the end", plural(f.Pending, "was", "were")))
	}
	if r := recordings(f); r != "" {
		out = append(out, r)
	}
	return out
}

// recordings tells several recordings apart by their numbers, "" if there is one.
func recordings(f *analysis.Findings) string {
	var each []string
	for _, r := range f.Recordings {
		each = append(each, fmt.Sprintf("%s with %s (%s refused)", line(r.Name), plural(r.Attempts, "upgrade", "upgrades"), count(r.Refused)))
	}
	if each == nil {
		return ""
	}
	return plural(len(each), "recording", "recordings") + ": " + strings.Join(each, ", ")
}

// peak is how many sockets were open at most.
func peak(f *analysis.Findings) string {
	return plural(f.PeakOpen, "socket", "sockets") + " open at most"
}

func refusalClauses(f *analysis.Findings) []string {
	refused, inBand, silent := sum(f.Refused), sum(f.RefusedInBand), sum(f.RefusedSilently)
	if f.Attempts == 0 {
		return []string{"no upgrade was seen: none was sent, or the load tool did not go through the recorder, or to a host that it does not read"}
	}
	if refused+inBand+silent == 0 {
		return []string{fmt.Sprintf("none of %s was refused", plural(f.Attempts, "upgrade", "upgrades"))}
	}
	var out []string
	if refused > 0 {
		out = append(out, fmt.Sprintf("%s of %s were refused (%s)", count(refused),
			plural(f.Attempts, "upgrade", "upgrades"), byKey(f.Refused)))
	}
	if inBand > 0 {
		out = append(out, fmt.Sprintf("%s of %s were answered 101 and closed at once (%s)", count(inBand),
			plural(f.Attempts, "upgrade", "upgrades"), byKey(f.RefusedInBand)))
	}
	if silent > 0 {
		out = append(out, fmt.Sprintf("%s of %s were refused without an answer (%s)", count(silent),
			plural(f.Attempts, "upgrade", "upgrades"), byKey(f.RefusedSilently)))
	}
	return out
}

// tooClose continues the evidence with the attempts that a cause could have decided
// either way. They count for it, though a reader who goes by the figures may find them
// on the wrong side.
func tooClose(f *analysis.Findings, c analysis.Cause) string {
	for _, h := range f.Hypotheses {
		if h.Cause == c.Cause && h.Scope == c.Scope && h.Counts.Either > 0 && !soft(c) {
			return fmt.Sprintf(" (%s too near to its threshold to be right or wrong)", plural(h.Counts.Either, "attempt came", "attempts came"))
		}
	}
	return ""
}

// soft reports whether a cause says only how likely refusals are. It would be right
// whatever became of a single upgrade, so there is nothing to count.
func soft(c analysis.Cause) bool {
	return c.Cause == "random" || c.Cause == "overload" && c.Burst == nil // a queue has room for a burst
}

// explains says how many refusals a cause accounts for and what speaks against it.
func explains(c analysis.Cause, named bool) string {
	who := "the cause"
	if named {
		who = "“" + title(c) + "”"
	}
	if soft(c) {
		return who + " says how often upgrades are refused, not which ones"
	}
	all := fmt.Sprintf("%s accounts for %s of %s", who, count(c.Explains.Refused), plural(c.Explains.Of, "refusal", "refusals"))
	if c.Explains.Refused == c.Explains.Of {
		all = fmt.Sprintf("%s accounts for all of them", who)
	}
	if named {
		return all // what contradicts one of several is the others' doing
	}
	if c.ContradictedBy == 0 {
		return all + " and is contradicted by no attempt"
	}
	return fmt.Sprintf("%s and is contradicted by %s", all, plural(c.ContradictedBy, "attempt", "attempts"))
}

// confidence is the probability of the verdict: of its cause, or of the least
// probable of several. "" if the status has none.
func confidence(v analysis.Verdict) string {
	if v.Status != analysis.Determined || len(v.Causes) == 0 {
		return ""
	}
	p := v.Causes[0].Probability
	for _, c := range v.Causes {
		p = min(p, c.Probability)
	}
	return probability(p)
}

// mind is everything to keep in mind that the findings know of, as sentences: a
// clock that is not ours, then the notes.
func mind(f *analysis.Findings) []string {
	var out []string
	if c := f.Clock; c != nil && math.Abs(c.OffsetS) > max(c.ErrorS, 0.5) {
		out = append(out, sentence([]string{clockSays(c)}))
	}
	for _, n := range f.Notes {
		out = append(out, sentence([]string{line(n)}))
	}
	return out
}

func clockSays(c *analysis.ClockOffset) string {
	which := "ahead of"
	if c.OffsetS < 0 {
		which = "behind"
	}
	return fmt.Sprintf("the gateway's clock is %s s %s ours (±%s s)", short(max(c.OffsetS, -c.OffsetS)), which, short(c.ErrorS))
}

// sentence joins clauses to one sentence, with a capital and a full stop.
func sentence(clauses []string) string {
	s := strings.Join(clauses, "; ")
	if s == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(s)
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return string(unicode.ToUpper(first)) + s[size:]
}
