package sim

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"
)

// serverName is the Server field of everything a gateway answers.
const serverName = "simulated-gateway"

// headTimeout bounds the TLS handshake and the reading of a request head.
const headTimeout = 30 * time.Second

// Gateway is a running simulated gateway. It is safe for concurrent use.
type Gateway struct {
	opt    GatewayOptions
	cert   tls.Certificate
	addr   net.Addr
	issuer *issuer
	server *http.Server

	ctx    context.Context // done once the gateway is to end
	cancel context.CancelFunc
	served chan struct{}  // closed once the listener is gone
	work   sync.WaitGroup // connections, handlers and sockets

	mu        sync.Mutex // admission and what follows; held from reading the clock to the decision
	admission *Admission
	jitter    *rand.Rand
	badUps    int
	abandoned int
}

// Stats is the ground truth of what a gateway did.
type Stats struct {
	Counts
	Tokens    TokenCounts `json:"tokens"`
	Abandoned int         `json:"abandoned"` // admitted, but the client was gone before its 101
	Malformed int         `json:"malformed"` // requests to the WebSocket endpoint that were not upgrades
}

// StartGateway starts a gateway that serves until ctx is done or
// [Gateway.Close] is called.
func StartGateway(ctx context.Context, opt GatewayOptions) (*Gateway, error) {
	opt = opt.withDefaults()
	g := &Gateway{
		opt:       opt,
		served:    make(chan struct{}),
		admission: NewAdmission(opt),
		jitter:    rand.New(rand.NewPCG(opt.Seed, 2)),
	}
	ln, err := net.Listen("tcp", opt.Addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %q: %w", opt.Addr, err)
	}
	g.addr = ln.Addr()
	if g.issuer, err = newIssuer(g.base("http")+"/", opt.Issuer, opt.TokenLife); err == nil && !opt.Plain {
		g.cert, err = newCertificate(opt.Names)
	}
	if err != nil {
		ln.Close()
		return nil, fmt.Errorf("start gateway: %w", err)
	}
	if !opt.Plain {
		// No h2: an HTTP/1.1 upgrade is what is simulated.
		ln = tls.NewListener(ln, &tls.Config{Certificates: []tls.Certificate{g.cert}, NextProtos: []string{"http/1.1"}})
	}
	g.ctx, g.cancel = context.WithCancel(ctx)
	g.serve(ln)
	return g, nil
}

func (g *Gateway) serve(ln net.Listener) {
	mux := http.NewServeMux()
	mux.HandleFunc(g.opt.Path, g.upgrade)
	mux.Handle(g.opt.TokenPath, g.issuer)
	g.server = &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: headTimeout,
		ErrorLog:          log.New(io.Discard, "", 0), // clients that give up are the normal case here
		BaseContext:       func(net.Listener) context.Context { return g.ctx },
		ConnState:         g.track,
	}
	context.AfterFunc(g.ctx, func() { g.server.Close() })
	go func() {
		defer close(g.served)
		if err := g.server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			g.cancel()
		}
	}()
}

// track counts connections, so that Close can wait for them. Handlers and
// sockets are added to the same count while their connection is still in it.
func (g *Gateway) track(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		g.work.Add(1)
	case http.StateHijacked, http.StateClosed:
		g.work.Done()
	}
}

// Close ends the gateway and all its sockets, without Close frames, and waits
// until everything it started has ended. It may be called more than once.
func (g *Gateway) Close() error {
	g.cancel()
	<-g.served
	g.work.Wait()
	return nil
}

// Addr is where the gateway listens.
func (g *Gateway) Addr() net.Addr { return g.addr }

// URL is the WebSocket endpoint's, "wss://127.0.0.1:12345/ws".
func (g *Gateway) URL() string { return g.base("ws") + g.opt.Path }

// TokenURL is the token endpoint's, "https://127.0.0.1:12345/oauth/token".
func (g *Gateway) TokenURL() string { return g.base("http") + g.opt.TokenPath }

// base is scheme and authority; scheme is "http" or "ws".
func (g *Gateway) base(scheme string) string {
	if !g.opt.Plain {
		scheme += "s"
	}
	return scheme + "://" + g.addr.String()
}

// Stats returns what the gateway has done so far.
func (g *Gateway) Stats() Stats {
	g.mu.Lock()
	s := Stats{Counts: g.admission.Counts(), Abandoned: g.abandoned, Malformed: g.badUps}
	g.mu.Unlock()
	s.Tokens = g.issuer.stats()
	return s
}

// now is the time on the gateway's clock.
func (g *Gateway) now() time.Time { return time.Now().Add(g.opt.ClockOffset) }

// sleep waits for d and reports whether ctx let it.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
