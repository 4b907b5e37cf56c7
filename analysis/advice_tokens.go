package analysis

import (
	"fmt"
	"slices"

	"why403/capture"
)

// Below these a pattern of token use means nothing.
const (
	fewestUpgrades = 20
	onePerUpgrade  = 0.8 // tokens for each upgrade from which on they count as fetched for each
	muchUnused     = 0.5 // share of a token's life
)

// tokensPerUpgrade finds tokens that are fetched for one upgrade and then thrown
// away: the load on the token endpoint is then the load on the gateway.
func tokensPerUpgrade(s *study) *Advice {
	used := s.tokenUses()
	upgrades := 0
	for _, u := range used {
		upgrades += u.n
	}
	if upgrades < fewestUpgrades || float64(len(used)) < onePerUpgrade*float64(upgrades) {
		return nil
	}
	says := fmt.Sprintf("Nearly every upgrade has a token of its own: %s for %s", plural(len(used), "token"), plural(upgrades, "upgrade"))
	left := unusedLife(used)
	if len(left) > 0 && left[len(left)/2] >= muchUnused {
		says += fmt.Sprintf("; at its last upgrade the median token had %s of its life left", percent(left[len(left)/2]))
	}
	return &Advice{
		Name: "tokens-per-upgrade", Says: says + ".",
		Do: []string{
			"Fetch a token once for each virtual user and keep it until shortly before it expires: in JMeter, an Only Once Controller around the token request, or -Jtoken.mode=thread.",
			"Check whether real clients do the same; if they do, the token endpoint is part of what is tested.",
		},
	}
}

// use is how one token was used.
type use struct {
	n         int
	last      capture.Instant // on the gateway's clock
	issued    capture.Instant
	expiresAt capture.Instant
}

// tokenUses returns the uses of every token that is one, in the order of first use.
func (s *study) tokenUses() []*use {
	by := map[capture.Fingerprint]*use{}
	var list []*use
	for i := range s.table.Attempts {
		a := &s.table.Attempts[i]
		if a.Token == nil || a.Token.Kind == capture.Placeholder {
			continue
		}
		u := by[a.Token.Fingerprint]
		if u == nil {
			u = &use{issued: a.Token.Issued, expiresAt: a.Token.Expires}
			by[a.Token.Fingerprint] = u
			list = append(list, u)
		}
		u.n++
		if a.Token.Expires.Seen() {
			u.last = max(u.last, a.Token.Expires.Add(-a.Left))
		}
	}
	return list
}

// unusedLife returns the share of each token's life that was left at its last use,
// sorted; tokens whose life is not known are left out.
func unusedLife(used []*use) []float64 {
	var left []float64
	for _, u := range used {
		life, seen := capture.Since(u.issued, u.expiresAt)
		if seen && life > 0 && u.last.Seen() {
			left = append(left, min(max(float64(u.expiresAt-u.last)/float64(life), 0), 1))
		}
	}
	slices.Sort(left)
	return left
}
