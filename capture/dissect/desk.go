package dissect

import (
	"slices"
	"strings"

	"why403/capture"
	"why403/capture/http1"
	"why403/capture/token"
)

// desk is where records of a connection are made, whatever version of HTTP it speaks.
type desk struct {
	opening Opening
	tokens  *token.Keeper
	emit    func(capture.Record)

	count int64                    // exchanges so far
	notes []func(*capture.Upgrade) // for the next exchange
	known *capture.Upgrade         // the last exchange that had notes
}

// asked is what matters of a request's head. All of it may hold secrets.
type asked struct {
	head      string // as sent, or written as HTTP/1 would have it
	target    string // in origin form
	authority string // of the target, "" if it has none
	host      string
	kind      string // media type of the body
}

// begin begins an exchange.
func (d *desk) begin(sent capture.Instant, method string, upgrade bool) *exchange {
	d.count++
	x := &exchange{u: &capture.Upgrade{Conn: d.opening.ID, Exchange: d.count}, method: method, upgrade: upgrade}
	if k := d.known; k != nil { // what is true of the connection stays so
		x.u.Client, x.u.Source, x.u.Server, x.u.ClientTLS, x.u.ServerTLS = k.Client, k.Source, k.Server, k.ClientTLS, k.ServerTLS
	}
	for _, note := range d.notes {
		note(x.u)
		d.known = x.u
	}
	d.notes = nil
	x.u.Phases.RequestSent = sent
	return x
}

// note adds facts to an exchange that has begun.
func (d *desk) note(x *exchange, f func(*capture.Upgrade)) {
	f(x.u)
	d.known = x.u
	d.tell(x)
}

// upgrade reads a request for a WebSocket.
func (d *desk) upgrade(x *exchange, r asked) {
	u := x.u
	found := d.tokens.Request(r.head, u.Phases.RequestSent)
	for _, t := range found.Tokens {
		d.emit(t)
	}
	u.Scheme = strings.Replace(d.opening.Scheme, "http", "ws", 1)
	u.Host = strings.Clone(d.tokens.MaskText(r.host)) // the head, token and all, is not kept alive
	u.Authority = d.authority(r.authority, r.host)
	u.Target = http1.ParseTarget("GET", found.Target).Origin
	u.RequestHead, u.Credentials = found.Head.Keep(), found.Credentials
	u.Outcome = capture.Pending
	if found.CutShort {
		u.Oddities = append(u.Oddities, "token is the beginning of a JWT and no more")
	}
	d.tell(x)
}

// authority returns the host:port that was asked for.
func (d *desk) authority(ofTarget, host string) string {
	switch {
	case d.opening.Authority != "":
		return d.opening.Authority
	case ofTarget != "":
		return strings.Clone(d.tokens.MaskText(ofTarget))
	default:
		return strings.Clone(d.tokens.MaskText(host))
	}
}

// clipped returns list such that appending to it copies: what was emitted stays.
func clipped(list []string) []string { return slices.Clip(list) }
