package proxy

import (
	"crypto/tls"
	"errors"
	"net"
	"net/netip"

	"why403/capture"
)

// http11 is what is spoken here unless both sides want HTTP/2 (RFC 7301 §6).
const http11 = "http/1.1"

// newClientTLS is the configuration that all clients meet. It is one, because a
// configuration per connection has a ticket key per connection, and then no client
// can ever resume. A connection's own facts travel in the [client] beneath it.
func (p *Proxy) newClientTLS() *tls.Config {
	return &tls.Config{
		NextProtos:   []string{http11},
		KeyLogWriter: p.opt.KeyLog,
		GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
			if c, ok := h.Conn.(*client); ok {
				c.phases.ClientHello = p.clock.now()
				c.hello = hello{name: h.ServerName, alpn: h.SupportedProtos}
				return p.agree(c), nil
			}
			return nil, nil
		},
		GetCertificate: func(h *tls.ClientHelloInfo) (*tls.Certificate, error) {
			c, ok := h.Conn.(*client)
			if !ok {
				return nil, errors.New("not a client of the proxy")
			}
			return p.leafs.Leaf(c.shownName())
		},
	}
}

// serverTLS is the configuration for one connection to a gateway: as much like the
// client's own as can be. Key shares are those of Java; Go's default adds ML-KEM,
// which costs 1.2 KB in the ClientHello and a sixth of the proxy's processor time.
func (p *Proxy) serverTLS(c *client) *tls.Config {
	host := c.gatewayName()
	config := &tls.Config{
		ServerName:       c.sni(),
		CurvePreferences: []tls.CurveID{tls.X25519, tls.CurveP256},
		// Go verifies the name that it sends; ours must be verified even if the
		// client sends none.
		InsecureSkipVerify: true,
		KeyLogWriter:       p.opt.KeyLog,
		Certificates:       p.opt.ClientCertificates,
		ClientSessionCache: &sessionCache{p.sessions, c.target, c.resumed},
	}
	for _, protocol := range c.hello.alpn {
		if protocol == http11 || protocol == http2 {
			config.NextProtos = append(config.NextProtos, protocol)
		}
	}
	if !p.opt.Insecure {
		config.VerifyConnection = func(cs tls.ConnectionState) error { return p.verifier.verify(cs, host) }
	}
	return config
}

// gatewayName is what the gateway's certificate must be for: the host that the
// client asked for. Not the server name, which Java sends for dotted names only,
// unless the client knows no more than an address from the target.
func (c *client) gatewayName() string {
	host, _, _ := net.SplitHostPort(c.target)
	if _, err := netip.ParseAddr(host); err == nil && c.hello.name != "" && c.upstream == nil {
		return c.hello.name
	}
	return host
}

// shownName is what our certificate must be for: what the client takes us for.
func (c *client) shownName() string {
	if c.upstream == nil {
		return c.gatewayName()
	}
	if c.hello.name != "" {
		return c.hello.name
	}
	return addrPort(c.LocalAddr()).Addr().String()
}

// sni is the server name that the gateway sees (RFC 6066 §3).
func (c *client) sni() string {
	if c.upstream != nil {
		return c.gatewayName()
	}
	return c.hello.name
}

// sessionCache keeps gateways' tickets for clients that resume: a gateway sees
// resumption as often as it would without the proxy.
type sessionCache struct {
	tls.ClientSessionCache
	target string
	use    bool
}

func (s *sessionCache) Get(key string) (*tls.ClientSessionState, bool) {
	if !s.use {
		return nil, false
	}
	return s.ClientSessionCache.Get(s.target + " " + key)
}

func (s *sessionCache) Put(key string, state *tls.ClientSessionState) {
	s.ClientSessionCache.Put(s.target+" "+key, state)
}

// tlsFacts are the facts of a connection for the record.
func tlsFacts(cs tls.ConnectionState, name string) *capture.TLS {
	return &capture.TLS{
		Version: tls.VersionName(cs.Version),
		Cipher:  tls.CipherSuiteName(cs.CipherSuite),
		ALPN:    cs.NegotiatedProtocol,
		SNI:     name,
		Resumed: cs.DidResume,
	}
}
