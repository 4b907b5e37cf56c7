package virtual

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"strings"
	"time"

	"why403/capture"
)

// recorder notes what can be seen beside the load tool.
type recorder struct {
	epoch    float64 // Unix seconds at which the scene begins
	upgrades []*capture.Upgrade
	requests []capture.TokenRequest
	tokens   map[capture.Fingerprint]capture.Token
	clock    []capture.ClockSample
	conns    int64
}

// keep returns a head as it is recorded.
func (r *recorder) keep(h string) capture.KeptHead { return capture.Head(h).Keep() }

// drawEpoch begins a scene at some moment of a day, so that windows that follow the
// clock begin anywhere.
func drawEpoch(r *rand.Rand) float64 { return 1_790_000_000 + math.Floor(86400e3*r.Float64())/1e3 }

// moment is a time of the scene as the recorder writes it.
func (r *recorder) moment(at float64) capture.Instant { return instant(r.epoch + at) }

func instant(unix float64) capture.Instant {
	whole := math.Floor(unix)
	return capture.Instant(int64(whole) * 1e9).Add(time.Duration((unix - whole) * 1e9))
}

func (r *recorder) sent(w *world, a *Arrival) {
	r.conns++
	p := a.Person
	u := &capture.Upgrade{
		Conn: r.conns, Exchange: 1, Scheme: "wss", Authority: p.Host + ":443", Host: p.Host, Target: a.Path,
		Client: netip.AddrPortFrom(p.Source, uint16(1024+r.conns%60000)), Server: edgeAddress(a.Edge),
		Outcome: capture.Pending, RequestHead: r.keep(requestHead(a)),
	}
	u.Source = u.Client
	at := r.moment(w.now)
	u.Phases = capture.Phases{Accepted: at.Add(-900 * time.Microsecond), RequestRead: at, RequestSent: at}
	if place := a.thread.place(); place != "" {
		r.credential(a, u, place)
	}
	a.up = u
	r.upgrades = append(r.upgrades, u)
}

// credential notes the token that an upgrade carries, or what stands in its place.
func (r *recorder) credential(a *Arrival, u *capture.Upgrade, place string) {
	var tok capture.Token
	switch {
	case a.Fault.Sent != "":
		tok = capture.Token{Kind: capture.Placeholder, Length: len(a.Fault.Sent), Placeholder: a.Fault.Sent, Seen: u.Phases.RequestSent,
			Fingerprint: fingerprint(a.Fault.Sent)}
	case a.Token != nil && a.Fault.Cut:
		tok = capture.Token{Kind: capture.Opaque, Length: a.Token.Length / 3, Seen: u.Phases.RequestSent,
			Fingerprint: fingerprint("cut " + string(a.Token.Fingerprint))}
	case a.Token != nil:
		tok = a.Token.Token
	default:
		return
	}
	u.Credentials = []capture.Credential{{Token: tok.Fingerprint, Place: place, Scheme: a.Fault.scheme()}}
	r.know(tok)
}

func (r *recorder) know(t capture.Token) {
	if r.tokens == nil {
		r.tokens = map[capture.Fingerprint]capture.Token{}
	}
	if _, known := r.tokens[t.Fingerprint]; !known {
		r.tokens[t.Fingerprint] = t
	}
}

func fingerprint(of string) capture.Fingerprint {
	return capture.Fingerprint(fmt.Sprintf("%016x", hash(of)))
}

func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

func edgeAddress(n int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(10 + n)}), 443)
}

func requestHead(a *Arrival) string {
	var b strings.Builder
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: ‹24 bytes›\r\nSec-WebSocket-Version: 13\r\n", a.Path, a.Host)
	switch {
	case a.thread.place() != "authorization":
	case a.Fault.Sent != "":
		fmt.Fprintf(&b, "Authorization: %s %s\r\n", a.Fault.scheme(), a.Fault.Sent)
	case a.Token != nil:
		fmt.Fprintf(&b, "Authorization: %s ‹token %s›\r\n", a.Fault.scheme(), a.Token.Fingerprint)
	}
	for _, f := range a.Fields {
		fmt.Fprintf(&b, "%s: %s\r\n", f.Name, f.Value)
	}
	b.WriteString("\r\n")
	return b.String()
}

// answered notes the head of an answer, and now and then the gateway's clock.
func (r *recorder) answered(w *world, a *Arrival, status int) string {
	u := a.up
	now := r.moment(w.now)
	u.Status = status
	u.Phases.ResponseFirst, u.Phases.ResponseHead, u.Phases.Relayed = now, now, now
	head := ""
	if w.net.Float64() < w.scene.Network.Dates {
		date := instant(math.Floor(r.epoch + w.now - w.scene.Network.Way + w.scene.Network.Skew))
		r.clock = append(r.clock, capture.ClockSample{Sent: u.Phases.RequestSent, Received: now, Date: date, Authority: u.Authority})
		head = "Date: " + date.Time().Format("Mon, 02 Jan 2006 15:04:05") + " GMT\r\n"
	}
	return head
}

func (r *recorder) accepted(w *world, a *Arrival) {
	date := r.answered(w, a, 101)
	u := a.up
	u.Outcome = capture.Accepted
	u.ResponseHead = r.keep("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: ‹28 bytes›\r\nServer: simulated\r\n" + date + "\r\n")
	u.Socket.Opened = u.Phases.ResponseHead
}
