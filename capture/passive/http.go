package passive

import (
	"net/netip"
	"strings"

	"why403/capture"
	"why403/capture/dissect"
)

// httpLayer is a layer of HTTP, with WebSockets in or behind it if they are accepted.
type httpLayer struct {
	p    *pipe
	conn *dissect.Conn
	id   int64
}

func newHTTP(p *pipe) *httpLayer {
	o := p.f.o
	o.conns++
	h := &httpLayer{p: p, id: o.conns}
	h.conn = dissect.New(dissect.Opening{ID: h.id, Scheme: p.scheme, Authority: p.authority}, o.tokens, h.record)
	return h
}

func (h *httpLayer) data(dir dissect.Dir, at capture.Instant, b []byte) { h.conn.Data(dir, at, b) }
func (h *httpLayer) gap(dir dissect.Dir, at capture.Instant, n int64)   { h.conn.Gap(dir, at, n) }
func (h *httpLayer) end(dir dissect.Dir, at capture.Instant, how capture.Ending) {
	h.conn.End(dir, at, how)
}
func (h *httpLayer) close(at capture.Instant, how capture.Ending) { h.conn.Close(at, how) }

// record completes what dissect found with what only the packets show.
func (h *httpLayer) record(rec capture.Record) {
	o := h.p.f.o
	switch rec := rec.(type) {
	case capture.Upgrade:
		if o.opt.Until.Seen() && rec.Phases.RequestSent > o.opt.Until || !o.filter.host(h.p.f.tcp, rec.Host, rec.Authority) {
			return
		}
		h.complete(&rec)
		o.put(rec)
	case capture.TokenRequest:
		rec.Client, _, rec.Server = h.addresses(false)
		o.put(rec)
	case capture.Loss:
		o.losses.add(rec.Kind, rec.At, rec.Count, rec.Detail)
	default:
		o.put(rec)
	}
}

// complete adds addresses, TLS and the opening of the connection.
func (h *httpLayer) complete(u *capture.Upgrade) {
	f := h.p.f
	absolute := strings.Contains(u.RequestHead.StartLine(), "://")
	u.Client, u.Source, u.Server = h.addresses(absolute)
	if absolute || h.p.authority != "" {
		client, server := f.endpoints()
		f.o.legs[h.id] = leg{client.AddrPort(), server.AddrPort(), true}
	}
	if h.p.tls != nil {
		u.ServerTLS = f.o.sameTLS.of(h.p.tls.Facts().TLS())
	}
	if u.Exchange > 1 {
		return
	}
	u.Phases.Resolved = f.tcp.SYN
	u.Phases.Dialed = f.tcp.SYNACK
	if !u.Phases.Dialed.Seen() {
		u.Phases.Dialed = f.tcp.Established
	}
	u.Phases.ConnectRead, u.Phases.ConnectAnswered = h.p.connectRead, h.p.connectAnswered
	if h.p.tls != nil {
		facts := h.p.tls.Facts()
		u.Phases.ClientHello, u.Phases.Secured = facts.ClientHello, facts.Secured
	}
}

// addresses returns the sockets of an attempt. Behind a proxy that the client spoke
// to, the gateway's side is on another connection.
func (h *httpLayer) addresses(proxied bool) (client, source, server netip.AddrPort) {
	c, s := h.p.f.endpoints()
	client = c.AddrPort()
	if proxied || h.p.authority != "" {
		return client, netip.AddrPort{}, netip.AddrPort{}
	}
	return client, client, s.AddrPort()
}

// sameTLS keeps one copy of facts that many connections share, as those of one load tool
// do.
type sameTLS map[capture.TLS]*capture.TLS

// maxSameTLS bounds it: server names may all differ.
const maxSameTLS = 1 << 12

func (m *sameTLS) of(t *capture.TLS) *capture.TLS {
	if t == nil {
		return nil
	}
	if have := (*m)[*t]; have != nil {
		return have
	}
	if *m == nil || len(*m) == maxSameTLS {
		*m = sameTLS{}
	}
	(*m)[*t] = t
	return t
}
