// Package proxy stands between a load tool and a gateway, relays their bytes, and
// hands [dissect] a copy with the time of each.
//
// One client connection has one connection to the gateway for its life: nothing is
// pooled, retried or framed anew. A client arrives in one of these ways:
//
//   - CONNECT (connect.go), of HTTP or SOCKS 5 (socks.go), is answered at once. What
//     follows (inside.go) is TLS, which ends here on both sides (tls.go), or plain
//     HTTP, or something else, which is relayed unread.
//   - As if the proxy were the gateway (reverse.go): the same without CONNECT.
//   - An upgrade in absolute form (http://…) takes the same path without CONNECT.
//   - Any other request in absolute form is served by goproxy (forward.go).
//
// On all but the last a [tunnel] relays requests and answers (exchange.go) until a 101
// makes the connection a WebSocket, and bytes from then on (relay.go). The only
// changes to what the client sent are those of [http1.Edit], each of which is in
// the record; the gateway's bytes are never changed.
//
// What keeps a request from the gateway (no such name, refused, no trust) is
// answered by the proxy itself, inside the tunnel, with a status and the reason
// (answer.go), and recorded as [capture.Unreached].
package proxy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/netip"
	"net/url"
	"sync"
	"sync/atomic"

	"github.com/rs/zerolog"

	"why403/capture"
	"why403/capture/token"
)

// LeafSource makes the certificates that the proxy shows to clients. It must be
// safe for concurrent use.
type LeafSource interface {
	// Leaf returns a certificate for a host name or IP address.
	Leaf(name string) (*tls.Certificate, error)
}

// Sink takes what was recorded. It must be safe for concurrent use and must not
// block: it is called between two bytes of somebody's connection.
type Sink interface {
	Put(capture.Record)
}

// Options says how to stand in the middle. The zero value decrypts every host,
// verifies gateways against the system's roots and logs nothing.
type Options struct {
	// Hosts are the hosts to decrypt and record: names, addresses, "*.example.com"
	// for all names below a domain, "*" for all. None means all. The rest is
	// tunnelled unread and counted as [capture.LostBlind].
	Hosts []string
	// KeepAbsolute leaves a request target in absolute form (GET https://host/path)
	// as it is inside a tunnel. By default it becomes what the client would have
	// sent without a proxy, the origin form.
	KeepAbsolute bool
	// Reverse are the gateways that clients reach as if the proxy were one, in turns.
	// Without any, clients have to speak to a proxy: HTTP or SOCKS 5, on one port.
	Reverse []Upstream
	// Transparent serves clients that know of no proxy and are led here by rules of
	// the system's; "" is for those that do. See docs/proxy.md.
	Transparent Transparent
	// Mark is set on connections to gateways (SO_MARK), for the rules to leave them
	// alone; 0 for none.
	Mark int
	// ReusePort lets several processes listen on one address (SO_REUSEPORT).
	ReusePort bool
	// Credentials are what clients of the HTTP or SOCKS proxy have to show,
	// "user:password" (RFC 7617, RFC 1929); "" lets everybody in.
	Credentials string
	// Pins are addresses at which gateways are reached, before any look-up.
	Pins []Pin
	// Sources are local addresses to reach gateways from, in turns; none leaves the
	// choice to the system. Each has some 28,000 ports towards one gateway address.
	Sources []netip.Addr
	// Via is the proxy to reach gateways through, see [ParseVia]; nil for none.
	Via *url.URL
	// ClientCertificates are shown to gateways that ask for one.
	ClientCertificates []tls.Certificate
	// DirectControl sends every so manieth tunnel through unread, 0 none: a gateway
	// that refuses only clients behind the proxy is noticed by the difference.
	DirectControl int
	// Roots verify gateways' certificates; nil means the system's.
	Roots *x509.CertPool
	// Insecure accepts any certificate of a gateway.
	Insecure bool
	// KeyLog takes the TLS secrets of both legs in the format of SSLKEYLOGFILE (RFC
	// 9850), nil for nowhere: whoever has them can read a capture of the traffic.
	KeyLog io.Writer
	// Wires takes a copy of what the connections with clients and gateways carry,
	// for a file of packets; nil for nobody.
	Wires WireSource
	// KeepTLSBuffers leaves the buffers of silent TLS connections as large as their
	// largest record. By default they are freed, which reaches into crypto/tls
	// where that is as we know it.
	KeepTLSBuffers bool
	// Dial makes connections to gateways in place of look-up and TCP, for tests.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Answered is told of each upgrade once its outcome is known, nil for nobody. It
	// must be safe for concurrent use, must not block, and keeps no reference.
	Answered func(*capture.Upgrade)
	// Resolver looks gateways up; nil means the system's.
	Resolver *net.Resolver
	// Limits bounds sizes and times; zero fields have defaults.
	Limits Limits
	// Log takes what is wrong with connections; heads and secrets never.
	Log zerolog.Logger
}

// Proxy is an HTTP proxy that records. Make one with [New], run it once with
// [Proxy.Serve].
type Proxy struct {
	opt    Options
	limits Limits
	leafs  LeafSource
	tokens *token.Keeper
	sink   Sink
	clock  clock
	stats  counters
	losses losses

	clientTLS  *tls.Config            // one for all, so that clients can resume …
	clientTLS2 *tls.Config            // … and one for all that speak HTTP/2
	sessions   tls.ClientSessionCache // of gateways, used when the client resumed
	verifier   verifier
	forward    *forward

	ids      atomic.Int64  // connections recorded so far
	turns    atomic.Uint64 // of upstreams
	sources  atomic.Uint64 // turns of source addresses
	ports    ports
	control  control
	observer observer
	running  sync.WaitGroup // goroutines of connections
	conns    connSet        // what shutdown has to end

	fullOnce, notRedirected sync.Once
}

// New returns a proxy that shows clients certificates of leafs and hands what it
// records to sink, with tokens told apart by tokens.
func New(leafs LeafSource, tokens *token.Keeper, sink Sink, opt Options) *Proxy {
	p := &Proxy{
		opt:      opt,
		limits:   opt.Limits.withDefaults(),
		leafs:    leafs,
		tokens:   tokens,
		sink:     sink,
		clock:    newClock(),
		sessions: tls.NewLRUClientSessionCache(256),
	}
	p.losses.p = p
	p.ports = ports{p: p, capacity: localPorts() * max(1, len(opt.Sources))}
	p.conns.slots = make(chan struct{}, p.limits.Connections)
	p.verifier.roots = opt.Roots
	p.clientTLS = p.newClientTLS()
	p.clientTLS2 = p.clientTLS.Clone()
	p.clientTLS2.NextProtos = []string{http2}
	p.forward = newForward(p)
	return p
}
