package dissect

import (
	"strings"

	"why403/capture"
	"why403/capture/http1"
)

// otherRequest reads the head of a request that is no upgrade.
func (c *Conn) otherRequest(x *exchange, req *http1.Request, head string) {
	basic := c.tokens.Learn(head)
	host, _ := req.Fields.Get("Host")
	x.u.Authority = c.authority(orElse(req.Target.Authority, host))
	path, _, _ := strings.Cut(req.Target.Origin, "?")
	path, _, _ = strings.Cut(path, "#")
	x.other = &other{
		url:   c.opening.Scheme + "://" + x.u.Authority + c.tokens.MaskText(path),
		basic: basic, grant: mayBeGrant(req),
	}
}

// mayIssue reports whether an answer may be one of a token endpoint.
func (x *exchange) mayIssue(resp *http1.Response) bool {
	kind, _ := resp.Fields.Get("Content-Type")
	return x.other != nil && (x.other.grant || strings.Contains(strings.ToLower(kind), "json"))
}

// otherAnswered completes a request that is no upgrade: as a token request (RFC 6749
// §3.2) if its form or the answer to it is one, else it is forgotten.
func (c *Conn) otherAnswered(x *exchange, at capture.Instant, y *body) {
	o := x.other
	grant, asked := c.tokens.Grant(o.body.kept, o.basic)
	coding, _ := capture.Head(o.answer).Get("Content-Encoding")
	text, _, _ := decoded(coding, y.kept, !y.cut)
	issue, issued := c.tokens.Issue(text, at)
	if !asked && issue.Token == "" {
		return
	}
	for _, t := range issue.Tokens {
		c.emit(t)
	}
	r := capture.TokenRequest{
		Conn: x.u.Conn, Exchange: x.u.Exchange, Client: x.u.Client, Server: x.u.Server, URL: o.url,
		GrantType: grant.Type, ClientID: grant.ClientID, Scope: grant.Scope,
		Sent: x.u.Phases.RequestSent, Answered: x.u.Phases.ResponseFirst, Status: x.u.Status,
		ResponseHead: c.tokens.MaskHead(o.answer),
	}
	if x.u.Status != 0 {
		r.Done = at
	}
	if issued {
		r.Issued, r.ExpiresIn, r.Error = issue.Token, issue.ExpiresIn, issue.Error
	}
	c.emit(r)
}
