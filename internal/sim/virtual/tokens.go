package virtual

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"why403/capture"
)

// Mode says which upgrades share a token.
type Mode int

const (
	Fresh     Mode = iota // fetched before each attempt
	PerThread             // kept by a thread, see Tokens.Renew
	Grouped               // one for each group of threads
	Shared                // one for each client id
	NoToken               // none is sent
)

// Tokens says how the load tool gets and sends its tokens.
type Tokens struct {
	Mode       Mode
	Life       float64 // exp − iat, seconds; default 3600
	LifeSpread float64 // lives vary evenly by this share
	Renew      float64 // a kept token is fetched anew after about this long, 0 never
	NoExpiry   bool    // JWTs without exp
	Opaque     bool    // no claims; the token responses are recorded
	Requests   bool    // token responses are recorded for JWTs too
	Ahead      float64 // the issuer's clock less the gateway's
	AgeFirst   float64 // a token is up to this old when it is first used
	Aged       bool    // it is just so old
	Place      string  // default "authorization"
	Hidden     bool    // tokens travel where the recorder does not look

	// Fail says what goes wrong with the token of an attempt; nil: nothing.
	Fail func(*rand.Rand, *Arrival) Fault
}

// Fault is a token that is not one. The zero value is a token as it should be.
type Fault struct {
	Absent bool   // no credential at all
	Sent   string // a literal in place of the token
	Cut    bool   // its beginning only
	Scheme string // in place of Bearer
}

func (f Fault) scheme() string {
	if f.Scheme != "" {
		return f.Scheme
	}
	return "Bearer"
}

// Token is a token with its truth, which claims may not tell.
type Token struct {
	capture.Token
	Issued, Expires float64 // on the gateway's clock, Unix seconds; whole seconds
	Uses            int     // upgrades that arrived with it
}

// tokenShop fetches tokens for threads.
type tokenShop struct {
	w     *world
	kept  map[string]*Token
	count int
}

func newTokenShop(w *world) *tokenShop { return &tokenShop{w: w, kept: map[string]*Token{}} }

func (t *thread) setting() *Tokens {
	of := &t.scene.Tokens
	if t.load.Tokens != nil {
		of = t.load.Tokens
	}
	if t.load.Sampled == 0 || t.number%t.load.Sampled != 0 {
		return of
	}
	fresh := *of
	fresh.Mode = Fresh
	return &fresh
}

// place is where the thread's upgrades carry a token, "" where the recorder does
// not look.
func (t *thread) place() string {
	s := t.setting()
	switch {
	case s.Hidden:
		return ""
	case s.Place != "":
		return s.Place
	}
	return "authorization"
}

// equip gives an attempt its token, or what goes wrong with it.
func (s *tokenShop) equip(a *Arrival) {
	a.Token = s.forThread(a.thread)
	fail := a.thread.setting().Fail
	if fail == nil {
		return
	}
	if a.Fault = fail(s.w.load, a); a.Fault.Absent {
		a.Token = nil
	}
}

// forThread returns the token of a thread's next attempt.
func (s *tokenShop) forThread(t *thread) *Token {
	set := t.setting()
	if t.renews && set.Mode != NoToken {
		t.renews = false
		t.token = s.fetch(t)
		return t.token
	}
	switch set.Mode {
	case NoToken:
		return nil
	case Grouped:
		return s.shared(t, fmt.Sprintf("group %d %p", t.who.Group, t.load))
	case Shared:
		return s.shared(t, fmt.Sprintf("client %s %p", t.who.ClientID, t.load))
	case PerThread:
		if t.token == nil || set.Renew > 0 && t.now >= t.renewAt {
			t.token = s.fetch(t)
			t.renewAt = t.now + vary(s.w.load, set.Renew, 0.4)
		}
		return t.token
	}
	return s.fetch(t)
}

func (s *tokenShop) shared(t *thread, key string) *Token {
	if s.kept[key] == nil {
		s.kept[key] = s.fetch(t)
	}
	return s.kept[key]
}

// fetch gets a token from the issuer; it was issued a moment ago.
func (s *tokenShop) fetch(t *thread) *Token {
	set, p, w := t.setting(), t.who, s.w
	s.count++
	life := set.Life
	if life == 0 {
		life = 3600
	}
	life = math.Max(1, math.Round(vary(w.load, life, set.LifeSpread)))
	age := set.AgeFirst
	if !set.Aged {
		age *= w.load.Float64()
	}
	asked := w.now - age
	issued := w.record.epoch + asked - 0.01 + w.scene.Network.Skew + set.Ahead
	if !set.Opaque {
		issued = math.Floor(issued) // NumericDate
	}
	fp := fingerprint(fmt.Sprint("token ", s.count))
	tok := &Token{Issued: issued, Expires: issued + life, Token: capture.Token{
		Fingerprint: fp, Kind: capture.JWT, Length: 700, Seen: w.record.moment(w.now), Algorithm: "RS256",
		KeyID: p.Key, Issuer: p.Issuer, Subject: p.Subject, ClientID: p.ClientID, Organisation: p.Organisation,
		Audience: p.Audience, Scopes: p.Scopes, IssuedAt: instant(issued), NotBefore: instant(issued), ExpiresAt: instant(issued + life),
	}}
	if set.NoExpiry {
		tok.ExpiresAt = 0
	}
	if set.Opaque {
		tok.Token = capture.Token{Fingerprint: fp, Kind: capture.Opaque, Length: 43, Seen: w.record.moment(w.now)}
	}
	if set.Opaque || set.Requests {
		s.respond(tok, p, asked, life)
	}
	return tok
}

// respond records the token response.
func (s *tokenShop) respond(tok *Token, p *Person, asked, life float64) {
	r := &s.w.record
	r.conns++
	took := vary(s.w.load, 0.02, 0.5)
	r.requests = append(r.requests, capture.TokenRequest{
		Conn: r.conns, Exchange: 1, URL: "https://id.example/oauth/token", GrantType: "client_credentials", ClientID: p.ClientID,
		Sent: r.moment(asked - took), Answered: r.moment(asked), Done: r.moment(asked), Status: 200,
		Issued: tok.Fingerprint, ExpiresIn: time.Duration(life) * time.Second,
	})
}
