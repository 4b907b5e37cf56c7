package covariate

import (
	"time"

	"why403/capture"
)

// Token is what is known of a token's life, from its claims or, where it has none
// that can be read, from the response that issued it.
type Token struct {
	capture.Token
	Issued, Expires capture.Instant // 0 if not known
	// OurClock says that Issued and Expires were noted on our clock, not on the
	// issuer's; each may then be early by up to Late.
	OurClock bool
	Late     time.Duration
	Client   string // client id, of the claims or of the token request
}

// tokens ties each attempt to its token and dates it on the gateway's clock.
func (t *Table) tokens() {
	known := t.known()
	for _, i := range t.bySent {
		a := &t.Attempts[i]
		fp := a.Upgrade.Token()
		tok := known[fp]
		if fp == "" || tok == nil {
			continue
		}
		a.Token, a.Uses = tok.Token, tok.uses
		tok.uses++
		t.date(a)
	}
	t.takeForWhole(known)
	t.TokensUsual = t.tokensUsual()
	t.jwtsUsual = t.countJWTs()
	t.tokenless = make([]bool, len(t.Attempts))
	for i := range t.Attempts {
		t.tokenless[i] = t.isTokenless(&t.Attempts[i])
	}
}

type usedToken struct {
	*Token
	uses int32
}

func (t *Table) known() map[capture.Fingerprint]*usedToken {
	known := make(map[capture.Fingerprint]*usedToken, len(t.Run.Tokens))
	for fp, tok := range t.Run.Tokens {
		known[fp] = &usedToken{Token: &Token{
			Token: tok, Issued: tok.IssuedAt, Expires: tok.ExpiresAt, Client: tok.ClientID,
		}}
	}
	for i := range t.Run.TokenRequests {
		r := &t.Run.TokenRequests[i]
		if tok := known[r.Issued]; tok != nil && r.Issued != "" {
			tok.complete(r)
		}
	}
	return known
}

// complete fills in from a token response what the claims leave open (RFC 6749
// §5.1: expires_in counts from the time the response was generated).
func (k *Token) complete(r *capture.TokenRequest) {
	if k.Client == "" {
		k.Client = r.ClientID
	}
	if k.Issued.Seen() || k.Expires.Seen() || !r.Answered.Seen() {
		return
	}
	k.OurClock, k.Issued = true, r.Answered
	if r.ExpiresIn > 0 {
		k.Expires = r.Answered.Add(r.ExpiresIn)
	}
	if late, seen := capture.Since(r.Sent, r.Answered); seen {
		k.Late = min(late, maxWait)
	}
}

// UnknownClock is how far the gateway's clock is taken to be off, either way, when
// its responses carry no Date.
const UnknownClock = 2 * time.Second

// date sets the token's age and time left. The decision is taken to lie within the
// usual wait after the request, however long this one's answer took: if slow refusals
// were dated later, or less exactly, their age would tell the outcome.
func (t *Table) date(a *Attempt) {
	half := min(max(t.Usual, leastWait), maxWait) / 2
	now := a.Sent.Add(half)
	a.Error = half
	if a.Token.OurClock {
		a.Error += a.Token.Late
	} else {
		offset, err := t.clockOf(a.Upgrade)
		now = now.Add(offset)
		a.Error += err
	}
	if a.Token.Issued.Seen() {
		a.Age = between(a.Token.Issued, now)
	}
	if a.Token.Expires.Seen() {
		a.Left = between(now, a.Token.Expires)
	}
}

// century bounds the ages that claims may give a token, so that sums of them stay
// within range.
const century = 100 * 365 * 24 * time.Hour

func between(from, to capture.Instant) time.Duration {
	if from < 0 {
		from = 0
	}
	return min(max(to.Sub(from), -century), century)
}
