package proxy

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"strings"
	"time"

	"why403/capture"
)

// handshakeRecord begins a TLS connection (RFC 8446 §5.1).
const handshakeRecord = 0x16

// inside serves what comes inside a tunnel whose target is known.
func (p *Proxy) inside(ctx context.Context, c *client) {
	if p.isControl() {
		p.losses.add(capture.LostBlind, c.target+": direct control")
		p.direct(ctx, c)
		return
	}
	if host, _, _ := net.SplitHostPort(c.target); !p.wants(c, host) {
		p.losses.add(capture.LostBlind, host+": not among the hosts to decrypt")
		p.blind(ctx, c)
		return
	}
	within := time.Now().Add(p.limits.ClientTLS)
	c.SetReadDeadline(within)
	first, err := c.peek()
	if err != nil {
		c.Close()
		return
	}
	if first == handshakeRecord {
		c.SetWriteDeadline(within)
		p.secure(ctx, c)
		return
	}
	c.speak("http")
	p.newTunnel(c, end{Conn: c, tcp: c}).open(ctx)
}

// wants reports whether a tunnel to host is to be read. If the client asked for an
// address, the server name in its hello counts as well.
func (p *Proxy) wants(c *client, host string) bool {
	if c.upstream != nil || p.decrypts(host) {
		return true
	}
	if _, err := netip.ParseAddr(host); err != nil {
		return false
	}
	c.SetReadDeadline(time.Now().Add(p.limits.ClientTLS))
	defer c.SetReadDeadline(time.Time{})
	if first, err := c.peek(); err != nil || first != handshakeRecord {
		return false
	}
	hello := c.peekHello()
	return hello != nil && hello.ServerName != "" && p.decrypts(hello.ServerName)
}

// secure ends the client's TLS and opens the tunnel inside.
func (p *Proxy) secure(ctx context.Context, c *client) {
	c.meet = p.meeting(ctx, c)
	hello := c.peekHello()
	conn := tls.Server(c, p.clientTLS)
	if err := conn.Handshake(); err != nil {
		p.noTrust(c, err)
		return
	}
	c.SetDeadline(time.Time{})
	c.phases.ClientSecured = p.clock.now()
	state := conn.ConnectionState()
	c.resumed = state.DidResume
	c.speak("https")
	t := p.newTunnel(c, end{Conn: conn, tcp: c})
	t.clientTLS = tlsFacts(state, c.hello.name)
	fingerprint(t.clientTLS, hello)
	if state.NegotiatedProtocol == http2 {
		t.openHTTP2()
		return
	}
	t.open(ctx)
}

// noTrust records that a client would not speak TLS with us: most often it does
// not trust the authority.
func (p *Proxy) noTrust(c *client, err error) {
	if c.phases.ClientHello.Seen() && !errors.Is(err, net.ErrClosed) {
		host, _, _ := net.SplitHostPort(c.target)
		p.losses.add(capture.LostParse, host+": TLS with the client failed: "+oneLine(err.Error()))
	}
	p.opt.Log.Debug().Err(err).Str("target", c.target).Msg("TLS with client failed")
	c.leave()
	c.Close()
}

// decrypts reports whether a host is to be decrypted and recorded.
func (p *Proxy) decrypts(host string) bool {
	host = strings.TrimSuffix(host, ".")
	for _, pattern := range p.opt.Hosts {
		domain, wild := strings.CutPrefix(pattern, "*")
		switch {
		case !wild && strings.EqualFold(pattern, host):
			return true
		case wild && len(host) > len(domain) && strings.EqualFold(host[len(host)-len(domain):], domain):
			return true
		}
	}
	return len(p.opt.Hosts) == 0
}
