package proxy

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/elazarl/goproxy"
)

// forward serves plain forward proxying, requests in absolute form that are no
// upgrade, with goproxy. That is where JMeter's token requests over http come.
//
// goproxy never sees an upgrade: it would pool connections, repeat requests on its
// own and drop refusals that carry an Upgrade field; see
// docs/adr/0002-own-relay-beside-goproxy.md.
type forward struct {
	p       *Proxy
	server  *http.Server
	goproxy *goproxy.ProxyHttpServer
	conns   *handover
	ctx     context.Context // of connections taken back from the server
	served  chan struct{}   // closed once the server has stopped accepting
}

func newForward(p *Proxy) *forward {
	f := &forward{p: p, goproxy: goproxy.NewProxyHttpServer(), served: make(chan struct{})}
	f.conns = &handover{conns: make(chan net.Conn), closed: make(chan struct{})}
	f.goproxy.Logger = quiet{}
	f.goproxy.KeepAcceptEncoding = true
	f.goproxy.KeepDestinationHeaders = true
	f.goproxy.Tr = nil // each client brings its own; nil fails loudly
	f.goproxy.OnRequest().DoFunc(prepare)
	f.server = &http.Server{
		Handler:           http.HandlerFunc(f.serve),
		MaxHeaderBytes:    p.limits.Head,
		ReadHeaderTimeout: p.limits.RequestHead,
		IdleTimeout:       p.limits.Idle,
		ErrorLog:          log.New(io.Discard, "", 0),
		ConnState: func(conn net.Conn, state http.ConnState) {
			c := conn.(*plainClient)
			c.setBusy(state == http.StateNew || state == http.StateActive)
			if state == http.StateIdle {
				c.forget()
			}
		},
		ConnContext: func(ctx context.Context, conn net.Conn) context.Context {
			return context.WithValue(ctx, clientKey{}, conn)
		},
	}
	return f
}

// clientKey finds a request's connection in its context.
type clientKey struct{}

func clientOf(r *http.Request) *plainClient { return r.Context().Value(clientKey{}).(*plainClient) }

// start serves in the background; requests end with ctx at the latest.
func (f *forward) start(ctx context.Context) {
	f.ctx = ctx
	f.server.BaseContext = func(net.Listener) context.Context { return ctx }
	go func() {
		defer close(f.served)
		f.server.Serve(f.conns)
	}()
}

// stop ends the server. Its connections have been ended by [Proxy.shutdown].
func (f *forward) stop() {
	f.server.Close()
	<-f.served
}

// take hands a client over whose first head has been read.
func (f *forward) take(c *client, head []byte) {
	c.unread = append(head[:len(head):len(head)], c.unread...)
	c.phases.ConnectRead = 0 // it was no CONNECT
	conn := f.newPlainClient(c)
	if !c.onShutdown(func() { conn.Close() }) || !f.conns.give(conn) {
		conn.Close()
	}
}

// serve sends a request the way it has to go. Each may be another than the first.
func (f *forward) serve(w http.ResponseWriter, r *http.Request) {
	clientOf(r).begin(r)
	switch {
	case !f.p.admitsField(r.Header.Get("Proxy-Authorization")):
		w.Header().Set("Proxy-Authenticate", challenge)
		w.Header().Set("Server", "why403")
		http.Error(w, "this proxy needs credentials", http.StatusProxyAuthRequired)
	case r.Method == http.MethodConnect, isUpgrade(r.Header):
		f.divert(w, r)
	case !r.URL.IsAbs(), r.URL.Scheme != "http":
		w.Header().Set("Server", "why403")
		http.Error(w, about, http.StatusMisdirectedRequest)
	default:
		// Fields that net/http would add to an answer without them.
		w.Header()["Date"], w.Header()["Content-Type"] = nil, nil
		f.goproxy.ServeHTTP(w, r)
	}
}

// divert takes a kept-alive connection on which a CONNECT or an upgrade arrives
// back from the server, with the request's head as it was sent.
func (f *forward) divert(w http.ResponseWriter, r *http.Request) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	plain := conn.(*plainClient)
	defer plain.leave()
	rest, _ := rw.Reader.Peek(rw.Reader.Buffered())
	head := plain.head()
	c := plain.reclaim(rest)
	if head == nil {
		f.p.turnAway(c, answer(431, "request head not kept"))
		return
	}
	c.SetDeadline(time.Time{})
	c.setBusy(true)
	// A fresh goroutine, so that the server's frames are given back.
	f.p.running.Go(func() { f.p.route(f.ctx, c, head) })
}

// isUpgrade reports whether a request asks for a WebSocket.
func isUpgrade(h http.Header) bool {
	for _, v := range h.Values("Upgrade") {
		if strings.Contains(strings.ToLower(v), "websocket") {
			return true
		}
	}
	return false
}

// prepare makes goproxy use the client's own connection to the gateway, and
// net/http add no User-Agent of its own.
func prepare(r *http.Request, ctx *goproxy.ProxyCtx) (*http.Request, *http.Response) {
	ctx.RoundTripper = goproxy.RoundTripperFunc(clientOf(r).roundTrip)
	if _, sent := r.Header["User-Agent"]; !sent {
		r.Header["User-Agent"] = nil
	}
	return r, nil
}

// roundTrip sends a request of this client. An error becomes an answer that says
// why.
func (c *plainClient) roundTrip(r *http.Request, _ *goproxy.ProxyCtx) (*http.Response, error) {
	resp, err := c.transport.RoundTrip(r)
	if err == nil {
		return resp, nil
	}
	status, why := unreached(r.URL.Host, err)
	c.p.opt.Log.Debug().Err(err).Str("target", r.URL.Host).Msg("plain request failed")
	resp = goproxy.NewResponse(r, "text/plain; charset=utf-8", status, why+"\n")
	resp.Header.Set("Server", "why403")
	resp.Header.Set("Connection", "close")
	return resp, nil
}

// quiet is a log for goproxy, whose messages hold URLs with their queries.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
