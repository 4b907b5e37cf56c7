package sim

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// bearerProtocol is the subprotocol that says that the next one is a token.
const bearerProtocol = "bearer"

var upgrader = websocket.Upgrader{
	// Small buffers of our own: the hijacked ones of 4 KiB each are given back,
	// which halves what an idle socket costs.
	ReadBufferSize:  512,
	WriteBufferSize: 512,
	WriteBufferPool: &writeBuffers,
	Subprotocols:    []string{bearerProtocol}, // a browser insists on an answer to what it offers
	CheckOrigin:     func(*http.Request) bool { return true },
}

// upgrade is the WebSocket endpoint.
func (g *Gateway) upgrade(w http.ResponseWriter, r *http.Request) {
	g.work.Add(1)
	defer g.work.Done()
	if !websocket.IsWebSocketUpgrade(r) {
		g.mu.Lock()
		g.badUps++
		g.mu.Unlock()
		w.Header().Set("Upgrade", "websocket")
		http.Error(w, "an upgrade to websocket is required", http.StatusUpgradeRequired)
		return
	}
	bearer := g.issuer.identify(tokenOf(r))
	bearer.Source, _, _ = net.SplitHostPort(r.RemoteAddr)
	decision, jitter := g.decide(bearer)
	extra := jitter + decision.Delay
	switch {
	case decision.Slot != nil:
		g.accept(w, r, decision.Slot, g.opt.AcceptLatency+extra)
	case g.opt.InBand != nil:
		g.refuseInBand(w, r, g.opt.Refusal.Latency+extra)
	case g.opt.Refusal.Drop:
		sleep(r.Context(), g.opt.Refusal.Latency+extra)
		panic(http.ErrAbortHandler) // net/http closes the connection and says nothing
	default:
		g.refuse(w, r, g.opt.Refusal.Latency+extra)
	}
}

// decide puts an upgrade to the admission, and draws its latency.
func (g *Gateway) decide(b Bearer) (Decision, time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	jitter := time.Duration(g.jitter.Float64() * float64(g.opt.Jitter))
	return g.admission.Decide(g.now(), b), jitter // the clock is read under the lock: times never go backwards
}

func (g *Gateway) release(s *Slot) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.admission.Release(g.now(), s)
}

// accept answers 101 and leaves the socket to a goroutine of its own, so that
// net/http's for the connection, and its buffers, go.
func (g *Gateway) accept(w http.ResponseWriter, r *http.Request, slot *Slot, latency time.Duration) {
	conn := g.switchProtocols(w, r, latency)
	if conn == nil {
		g.release(slot)
		g.mu.Lock()
		g.abandoned++
		g.mu.Unlock()
		return
	}
	g.work.Go(func() { g.echo(conn, slot) })
}

// refuseInBand answers 101 and ends the socket.
func (g *Gateway) refuseInBand(w http.ResponseWriter, r *http.Request, latency time.Duration) {
	if conn := g.switchProtocols(w, r, latency); conn != nil {
		g.work.Go(func() { g.turnAway(conn) })
	}
}

// switchProtocols answers 101 after latency; nil if the client has gone.
func (g *Gateway) switchProtocols(w http.ResponseWriter, r *http.Request, latency time.Duration) *websocket.Conn {
	if !sleep(r.Context(), latency) {
		return nil
	}
	conn, err := upgrader.Upgrade(w, r, http.Header{"Date": {g.date()}, "Server": {serverName}})
	if err != nil {
		return nil
	}
	return conn
}

// refuse answers with the configured refusal.
func (g *Gateway) refuse(w http.ResponseWriter, r *http.Request, latency time.Duration) {
	if !sleep(r.Context(), latency) {
		return
	}
	header := w.Header()
	header.Set("Server", serverName)
	header.Set("Date", g.date())
	header.Set("Content-Type", g.opt.Refusal.ContentType)
	for name, values := range g.opt.Refusal.Header {
		header[http.CanonicalHeaderKey(name)] = values
	}
	w.WriteHeader(g.opt.Refusal.Status)
	w.Write([]byte(g.opt.Refusal.Body)) // fails only if the client is gone
}

// date is the Date field on the gateway's clock (RFC 9110 §6.6.1).
func (g *Gateway) date() string { return g.now().UTC().Format(http.TimeFormat) }

// tokenOf finds the token of an upgrade: in Authorization (RFC 6750 §2.1), the
// query parameter access_token (§2.3), a cookie of that name, or the subprotocol
// after "bearer". It returns "" if there is none.
func tokenOf(r *http.Request) string {
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	if query, err := url.ParseQuery(r.URL.RawQuery); err == nil && query.Get("access_token") != "" {
		return query.Get("access_token")
	}
	if cookie, err := r.Cookie("access_token"); err == nil {
		return cookie.Value
	}
	if protocols := websocket.Subprotocols(r); len(protocols) == 2 && strings.EqualFold(protocols[0], bearerProtocol) {
		return protocols[1]
	}
	return ""
}
