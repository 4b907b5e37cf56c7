package dissect

import (
	"strings"

	"why403/capture"
)

// otherRequest reads the head of a request that is no upgrade.
func (d *desk) otherRequest(x *exchange, r asked) {
	basic := d.tokens.Learn(r.head)
	x.u.Authority = d.authority(r.authority, r.host)
	path, _, _ := strings.Cut(r.target, "?")
	path, _, _ = strings.Cut(path, "#")
	x.other = &other{
		url:   d.opening.Scheme + "://" + x.u.Authority + d.tokens.MaskText(path),
		basic: basic, grant: mayBeGrant(x.method, r.kind),
	}
}

// mayBeGrant reports whether a request may be one for a token: its body is kept.
func mayBeGrant(method, kind string) bool {
	kind = strings.ToLower(kind)
	return method == "POST" && (kind == "" || strings.Contains(kind, "form") || strings.Contains(kind, "json"))
}

// mayIssue reports whether an answer of that media type may be a token endpoint's.
func (x *exchange) mayIssue(kind string) bool {
	return x.other != nil && (x.other.grant || strings.Contains(strings.ToLower(kind), "json"))
}

// otherAnswered completes a request that is no upgrade: as a token request (RFC 6749
// §3.2) if its form or the answer to it is one, else it is forgotten.
func (d *desk) otherAnswered(x *exchange, at capture.Instant, y *body) {
	o := x.other
	grant, asked := d.tokens.Grant(o.body.kept, o.basic)
	coding, _ := capture.Head(o.answer).Get("Content-Encoding")
	text, _, _ := decoded(coding, y.kept, !y.cut)
	issue, issued := d.tokens.Issue(text, at)
	for _, t := range issue.Tokens {
		d.emit(t)
	}
	if x.orphan || !asked && issue.Token == "" {
		return
	}
	r := capture.TokenRequest{
		Conn: x.u.Conn, Exchange: x.u.Exchange, Client: x.u.Client, Server: x.u.Server, URL: o.url,
		GrantType: grant.Type, ClientID: grant.ClientID, Scope: grant.Scope,
		Sent: x.u.Phases.RequestSent, Answered: x.u.Phases.ResponseFirst, Status: x.u.Status,
		ResponseHead: d.tokens.MaskHead(o.answer),
	}
	if x.u.Status != 0 {
		r.Done = at
	}
	if issued {
		r.Issued, r.ExpiresIn, r.Error = issue.Token, issue.ExpiresIn, issue.Error
	}
	d.emit(r)
}
