package analysis

import (
	"fmt"
	"math"
	"strings"

	"why403/analysis/covariate"
	"why403/capture"
)

// property is something that a request has before it is decided.
type property struct {
	name   string
	number func(*covariate.Attempt, int) (float64, bool)
	label  func(a, b float64) string
	text   func(*covariate.Attempt) string
}

// properties are the facts of a request that distributions are drawn of. What an
// answer says is a consequence and not among them.
var properties = []property{
	{name: "open sockets", number: func(_ *covariate.Attempt, open int) (float64, bool) { return float64(open), true }, label: wholeRange},
	{name: "token age", number: func(a *covariate.Attempt, _ int) (float64, bool) { return a.Age.Seconds(), knowsIssue(a) }, label: secondsRange},
	{name: "time to the token's expiry", number: func(a *covariate.Attempt, _ int) (float64, bool) { return a.Left.Seconds(), knowsExpiry(a) }, label: secondsRange},
	{name: "earlier uses of the token", number: func(a *covariate.Attempt, _ int) (float64, bool) { return float64(a.Uses), a.Token != nil }, label: wholeRange},
	{name: "token", text: func(a *covariate.Attempt) string { return string(a.Upgrade.Token()) }},
	{name: "token kind", text: tokenText(func(t *covariate.Token) string { return string(t.Kind) })},
	{name: "token sent in", text: func(a *covariate.Attempt) string {
		if len(a.Upgrade.Credentials) == 0 {
			return "nowhere"
		}
		return strings.TrimSpace(a.Upgrade.Credentials[0].Place + " " + a.Upgrade.Credentials[0].Scheme)
	}},
	{name: "client id", text: tokenText(func(t *covariate.Token) string { return t.Client })},
	{name: "subject", text: tokenText(func(t *covariate.Token) string { return t.Subject })},
	{name: "organisation", text: tokenText(func(t *covariate.Token) string { return t.Organisation })},
	{name: "issuer", text: tokenText(func(t *covariate.Token) string { return t.Issuer })},
	{name: "audience", text: tokenText(func(t *covariate.Token) string { return strings.Join(t.Audience, " ") })},
	{name: "scopes", text: tokenText(func(t *covariate.Token) string { return strings.Join(t.Scopes, " ") })},
	{name: "key id", text: tokenText(func(t *covariate.Token) string { return t.KeyID })},
	{name: "source address", text: func(a *covariate.Attempt) string {
		if s := a.Upgrade.Source; s.IsValid() {
			return s.Addr().String()
		}
		return ""
	}},
	{name: "edge", text: func(a *covariate.Attempt) string {
		if s := a.Upgrade.Server; s.IsValid() {
			return s.String()
		}
		return ""
	}},
	{name: "host", text: func(a *covariate.Attempt) string { return strings.ToLower(a.Upgrade.Host) }},
	{name: "path", text: func(a *covariate.Attempt) string {
		path, _, _ := strings.Cut(a.Upgrade.Target, "?")
		return path
	}},
	{name: "connection reused", text: func(a *covariate.Attempt) string {
		if a.Upgrade.Exchange > 1 {
			return "yes"
		}
		return "no"
	}},
	{name: "TLS version", text: func(a *covariate.Attempt) string { return ofTLS(a, func(t *capture.TLS) string { return t.Version }) }},
	{name: "TLS resumed", text: func(a *covariate.Attempt) string {
		return ofTLS(a, func(t *capture.TLS) string { return map[bool]string{true: "yes", false: "no"}[t.Resumed] })
	}},
	{name: "User-Agent", text: ofField("User-Agent")},
	{name: "Origin", text: ofField("Origin")},
	{name: "Sec-WebSocket-Extensions", text: ofField("Sec-WebSocket-Extensions")},
	{name: "JMeter sampler", text: ofField("X-JMeter-Sampler")},
}

func tokenText(of func(*covariate.Token) string) func(*covariate.Attempt) string {
	return func(a *covariate.Attempt) string {
		if a.Token == nil {
			return ""
		}
		return of(a.Token)
	}
}

func ofTLS(a *covariate.Attempt, of func(*capture.TLS) string) string {
	if a.Upgrade.ServerTLS == nil {
		return ""
	}
	return of(a.Upgrade.ServerTLS)
}

func ofField(name string) func(*covariate.Attempt) string {
	return func(a *covariate.Attempt) string {
		v, _ := a.Upgrade.RequestHead.Get(name)
		return v
	}
}

func wholeRange(a, b float64) string {
	if b-a <= 1 {
		return fmt.Sprintf("%.0f", a)
	}
	return fmt.Sprintf("%.0f–%.0f", a, b-1)
}

// secondsRange names a range of times, in plain seconds where two units of a longer
// time would not tell its ends apart.
func secondsRange(a, b float64) string {
	if from, to := seconds(a), seconds(b); math.Abs(a) < 60 || from != to && b-a >= 60 {
		return from + " to " + to
	}
	return fmt.Sprintf("%.0f to %.0f s", a, b)
}
