package reports

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"why403/capture"
)

// tokensView sums up the token requests seen beside the upgrades, and the tokens.
type tokensView struct {
	Requests string // how many, or that none was seen
	Rows     []tokenRow
	More     int // groups that the table leaves out
	Tokens   []fact
}

type tokenRow struct{ URL, Grant, Client, Status, Error, Count, Wait, ExpiresIn string }

// tallyRows bounds tables whose keys the other side chooses.
const tallyRows = 20

// tokenKey is what token requests are tallied by.
type tokenKey struct {
	url, grant, client, err string
	status                  int
}

func newTokens(run *capture.Run) tokensView {
	groups := map[tokenKey][]*capture.TokenRequest{}
	for i := range run.TokenRequests {
		r := &run.TokenRequests[i]
		k := tokenKey{r.URL, r.GrantType, r.ClientID, r.Error, r.Status}
		groups[k] = append(groups[k], r)
	}
	v := tokensView{Requests: plural(len(run.TokenRequests), "token request was seen", "token requests were seen"), Tokens: tokenKinds(run)}
	if len(run.TokenRequests) == 0 {
		v.Requests = "No token request was seen"
	}
	for _, k := range byCount(groups, compareTokenKeys) {
		if len(v.Rows) == tallyRows {
			v.More = len(groups) - tallyRows
			break
		}
		v.Rows = append(v.Rows, newTokenRow(k, groups[k]))
	}
	return v
}

// byCount orders the keys of a tally by the length of their lists, longest
// first, equal ones by less.
func byCount[K comparable, V any](groups map[K][]V, compare func(a, b K) int) []K {
	keys := make([]K, 0, len(groups))
	for k := range groups {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b K) int {
		return cmp.Or(cmp.Compare(len(groups[b]), len(groups[a])), compare(a, b))
	})
	return keys
}

func compareTokenKeys(a, b tokenKey) int {
	return cmp.Or(cmp.Compare(a.url, b.url), cmp.Compare(a.grant, b.grant), cmp.Compare(a.client, b.client),
		cmp.Compare(a.status, b.status), cmp.Compare(a.err, b.err))
}

func newTokenRow(k tokenKey, all []*capture.TokenRequest) tokenRow {
	row := tokenRow{
		URL: line(cut(k.url, 200)), Grant: line(cut(k.grant, 60)), Client: line(cut(k.client, 100)),
		Status: fmt.Sprint(k.status), Error: line(cut(k.err, 100)), Count: count(len(all)), Wait: "–", ExpiresIn: "–",
	}
	if k.status == 0 {
		row.Status = "no answer"
	}
	var waits, lives []time.Duration
	for _, r := range all {
		if d, ok := capture.Since(r.Sent, r.Answered); ok {
			waits = append(waits, d)
		}
		if r.ExpiresIn > 0 {
			lives = append(lives, r.ExpiresIn)
		}
	}
	if len(waits) > 0 {
		row.Wait = span(median(waits))
	}
	if len(lives) > 0 {
		row.ExpiresIn = span(median(lives))
	}
	return row
}

// median is the middle value of d, which it sorts; d is not empty.
func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// tokenKinds counts the tokens of a run by what could be read of them.
func tokenKinds(run *capture.Run) []fact {
	kinds := map[capture.TokenKind]int{}
	var lives []time.Duration
	for _, t := range run.Tokens {
		kinds[t.Kind]++
		if d, ok := capture.Since(t.IssuedAt, t.ExpiresAt); ok {
			lives = append(lives, d)
		}
	}
	var out []fact
	for _, k := range []struct {
		kind capture.TokenKind
		name string
	}{
		{capture.JWT, "JWTs, claims readable"}, {capture.JWE, "Encrypted tokens"},
		{capture.Opaque, "Opaque tokens"}, {capture.Placeholder, "Placeholders instead of a token"},
	} {
		if n := kinds[k.kind]; n > 0 {
			out = append(out, fact{k.name, count(n)})
		}
	}
	if len(lives) > 0 {
		slices.Sort(lives)
		life := span(lives[len(lives)/2])
		if lives[0] != lives[len(lives)-1] {
			life = fmt.Sprintf("%s (%s to %s)", life, span(lives[0]), span(lives[len(lives)-1]))
		}
		out = append(out, fact{"Life by their claims, median", life})
	}
	return out
}
