package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"why403/analysis/evidence"
	"why403/capture"
)

// tokenMissing refuses requests without a token, or with something in its place
// that cannot be one: a literal that the load tool failed to replace, the beginning
// of a token, another scheme.
var tokenMissing = &cause{
	name:    "token-missing",
	prior:   0.10,
	weigh:   weighMissing,
	says:    saysMissing,
	story:   storyMissing,
	do:      doMissing,
	refute:  refuteMissing,
	predict: predictMissing,
	proven:  func(s *study, _ *hypothesis) bool { return !s.tokensRefusedAlike() },
	words: []string{"missing token", "no token", "token required", "missing authorization", "authentication required", "jwt is missing",
		"malformed", "missing or malformed", "invalid_request", "unsupported authorization"},
}

// predictMissing takes it that what is sent goes on failing; where nothing else was
// seen, that fetching a token for each upgrade mends it.
func predictMissing(s *study, _ *hypothesis, x *experiment) float64 {
	if s.noneAccepted() && x.name == freshTokens {
		return 0
	}
	return s.share()
}

// usualToken is what accepted requests mostly carry.
type usualToken struct {
	scheme, place string
	kind          capture.TokenKind
	shortest      int // of those of that kind
}

func (s *study) usualToken() usualToken {
	count := map[usualToken]int{}
	var best usualToken
	for i := range s.table.Attempts {
		a := &s.table.Attempts[i]
		if s.table.Refused[i] || a.Token == nil || len(a.Upgrade.Credentials) == 0 {
			continue
		}
		c := a.Upgrade.Credentials[0]
		u := usualToken{scheme: c.Scheme, place: c.Place, kind: a.Token.Kind}
		if count[u]++; count[u] > count[best] {
			best = u
		}
	}
	if count[best] == 0 {
		return usualToken{scheme: "Bearer", place: "authorization"}
	}
	for i := range s.table.Attempts {
		if a := &s.table.Attempts[i]; !s.table.Refused[i] && a.Token != nil && a.Token.Kind == best.kind {
			if best.shortest == 0 || a.Token.Length < best.shortest {
				best.shortest = a.Token.Length
			}
		}
	}
	return best
}

// weighMissing takes the forms that are mostly refused for those that the gateway
// does not take. A gateway that takes requests without a token mostly does so of all.
func weighMissing(s *study) []*hypothesis {
	usual := s.usualToken()
	forms := make([]string, len(s.table.Attempts))
	cells := map[string]*[2]float64{}
	for i := range forms {
		forms[i] = s.tokenForm(&s.table.Attempts[i], usual)
		if cells[forms[i]] == nil {
			cells[forms[i]] = new([2]float64)
		}
		if s.forced == nil || !s.forced[i] {
			cells[forms[i]][outcomeOf(s.table.Refused[i])] += s.weights[i]
		}
	}
	h := &hypothesis{scope: "global"}
	var t evidence.Table
	var bad []string
	kinds := 0
	for form, c := range cells {
		if form != "" {
			kinds++
		}
		if form != "" && c[1] > c[0] {
			bad = append(bad, form)
		}
	}
	if len(bad) == 0 {
		h.logEvidence = s.impossible()
		return []*hypothesis{h}
	}
	slices.SortFunc(bad, func(a, b string) int { return cmp.Or(cmp.Compare(cells[b][1], cells[a][1]), cmp.Compare(a, b)) })
	h.predicted = make(prediction, len(forms))
	for i, form := range forms {
		refuses := slices.Contains(bad, form)
		h.predicted[i] = foretell(refuses)
		t.Add(refuses || s.forced != nil && s.forced[i], s.table.Refused[i], s.weights[i])
	}
	h.logLik = t.Log()
	h.logEvidence = h.logLik - float64(kinds)*math.Ln2
	h.counts = s.tally(h.predicted)
	h.missing = bad
	return []*hypothesis{h}
}

func saysMissing(s *study, h *hypothesis) string {
	return fmt.Sprintf("The gateway refuses requests that carry %s with %s: %s.", list(h.missing[:min(3, len(h.missing))], "or"), s.majority, s.whyMissing(h))
}

func storyMissing(s *study, h *hypothesis) string {
	if len(h.missing) == 0 {
		return "every refused request carried a token"
	}
	if s.noneAccepted() {
		return fmt.Sprintf("all %s carried %s", plural(h.counts.N11, "refused upgrade"), list(h.missing[:min(3, len(h.missing))], "or"))
	}
	return fmt.Sprintf("%d of %s without a proper token were refused (they carried %s), and %d of %d with one", h.counts.N11,
		plural(h.counts.N11+h.counts.N10, "upgrade"), list(h.missing[:min(3, len(h.missing))], "or"), h.counts.N01, h.counts.N01+h.counts.N00)
}

func refuteMissing(*study, *hypothesis) string {
	return "An upgrade accepted without a token, or one refused with the same answer that carries a whole one."
}
