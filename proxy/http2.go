package proxy

import (
	"context"
	"crypto/tls"
	"slices"
	"time"

	"why403/capture/dissect"
)

// http2 is HTTP/2 over TLS (RFC 9113 §3.2). Its bytes are relayed like all others,
// WebSockets in its streams (RFC 8441) with them, so both connections must speak it
// or neither: a client that offers it waits in its handshake until the gateway has
// chosen.
const http2 = "h2"

// agree chooses the configuration that a client meets: the usual one, unless it
// offers HTTP/2 and the gateway takes that.
func (p *Proxy) agree(c *client) *tls.Config {
	if c.scheme == "http" || !slices.Contains(c.hello.alpn, http2) {
		return nil
	}
	c.early = c.meet()
	c.SetDeadline(time.Now().Add(p.limits.ClientTLS)) // the client did not cause the delay
	if c.early.err == nil && c.early.facts.ALPN == http2 {
		return p.clientTLS2
	}
	return nil
}

// meeting returns what connects to the gateway while c's client waits.
func (p *Proxy) meeting(ctx context.Context, c *client) func() *gateway {
	return func() *gateway { return p.reach(ctx, c, true, &c.phases) }
}

// leave closes a connection to the gateway that no tunnel has taken.
func (c *client) leave() {
	if c.early != nil && c.early.err == nil {
		c.early.server.Close()
	}
	c.early = nil
}

// openHTTP2 relays both directions from the start.
func (t *tunnel) openHTTP2() {
	if !t.c.onShutdown(t.shutdown) {
		t.done()
		return
	}
	e := t.c.early
	t.c.early = nil
	t.phases, t.serverTLS = t.c.phases, e.facts
	if t.reached(e.server) != nil {
		t.done()
		return
	}
	t.tap.multiplex(t.facts(nil))
	t.opened = true
	t.upgraded.Store(true)
	t.c.setBusy(false)
	t.live.Add(1)
	t.startRelay(dissect.FromServer)
	t.startRelay(dissect.FromClient)
}
