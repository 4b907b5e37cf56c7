package har

import (
	"net/url"

	"why403/capture"
)

// grant notes a token request (RFC 6749 §4), and the token that its answer holds.
func (im *importer) grant(e *entry, u *url.URL, p capture.Phases) {
	if e.Request.PostData == nil {
		return
	}
	body := e.Request.PostData.Text
	if body == "" {
		form := url.Values{}
		for _, f := range e.Request.PostData.Params {
			form.Add(f.Name, f.Value)
		}
		body = form.Encode()
	}
	r := im.keeper.Request(requestHead(e, u), p.RequestSent)
	g, ok := im.keeper.Grant([]byte(body), r.Basic)
	if !ok {
		return
	}
	scheme := "http"
	if secure(u.Scheme) {
		scheme = "https"
	}
	t := capture.TokenRequest{
		Server: server(e.ServerIP, u), URL: im.keeper.MaskText(scheme + "://" + u.Host + u.EscapedPath()),
		GrantType: g.Type, ClientID: g.ClientID, Scope: g.Scope,
		Sent: p.RequestSent, Answered: p.ResponseFirst, Done: p.ResponseFirst.Add(ms(e.Timings.Receive)), Status: e.Response.Status,
	}
	if t.Status == 0 {
		t.Answered, t.Done = 0, 0
	}
	t.Conn, t.Exchange = im.number(e)
	if is, ok := im.keeper.Issue([]byte(e.Response.Content.Text), t.Answered); ok {
		t.Issued, t.ExpiresIn, t.Error = is.Token, is.ExpiresIn, is.Error
		for _, tok := range is.Tokens {
			im.collect.Put(tok)
		}
	}
	t.ResponseHead = im.keeper.MaskHead(responseHead(e))
	im.seen(t.Sent, t.Done)
	im.clock(e, t.Sent, t.Answered, authority(u))
	im.collect.Put(t)
}
