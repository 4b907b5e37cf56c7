package proxy

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// Upstream is a gateway that clients reach without knowing that they use a proxy.
type Upstream struct {
	Secure bool   // TLS with the gateway, whatever the client speaks
	Target string // host:port
}

// ParseUpstream reads ws://host[:port] or wss://host[:port], or the same with http
// and https.
func ParseUpstream(s string) (Upstream, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return Upstream{}, fmt.Errorf("read upstream %q: not a URL", s)
	case u.Hostname() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return Upstream{}, fmt.Errorf("read upstream %q: want wss://host[:port] and no more", s)
	}
	port := map[string]string{"ws": "80", "http": "80", "wss": "443", "https": "443"}[u.Scheme]
	if port == "" {
		return Upstream{}, fmt.Errorf("read upstream %q: scheme is none of ws, wss, http and https", s)
	}
	if u.Port() != "" {
		port = u.Port()
	}
	return Upstream{Secure: u.Scheme == "wss" || u.Scheme == "https", Target: net.JoinHostPort(u.Hostname(), port)}, nil
}

// reverse serves a client that takes the proxy for the gateway. Upstreams take
// turns.
func (p *Proxy) reverse(ctx context.Context, c *client) {
	up := p.opt.Reverse[(p.turns.Add(1)-1)%uint64(len(p.opt.Reverse))]
	c.upstream, c.target = &up, up.Target
	p.inside(ctx, c)
}

// hostFor returns what the Host field of a request is to become, "" to leave it. A
// client that was pointed at a reverse proxy by its address asks for that address,
// which the gateway does not know.
func (c *client) hostFor(host string) string {
	if c.upstream == nil {
		return ""
	}
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err != nil && !strings.EqualFold(name, "localhost") {
		return ""
	}
	target := strings.TrimSuffix(c.target, ":"+c.upstream.port())
	if host == target || host == c.target {
		return ""
	}
	return target
}

func (u *Upstream) scheme() string {
	if u.Secure {
		return "https"
	}
	return "http"
}

// port is the port that a URL of the upstream need not say.
func (u *Upstream) port() string {
	if u.Secure {
		return "443"
	}
	return "80"
}
