package har

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"why403/capture"
)

// Write makes an archive of a run's upgrades, in their order. Requests over a
// connection that the run does not name a gateway's address for have none.
func Write(w io.Writer, run *capture.Run) error {
	a := archive{log{Version: "1.2", Creator: creator{"why403", run.Version}, Pages: []any{}, Entries: make([]entry, 0, len(run.Upgrades))}}
	for _, u := range run.Upgrades {
		a.Log.Entries = append(a.Log.Entries, newEntry(u))
	}
	b := bufio.NewWriter(w)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(a); err != nil {
		return fmt.Errorf("write HAR: %w", err)
	}
	return b.Flush()
}

func newEntry(u *capture.Upgrade) entry {
	t, started := timingsOf(u)
	e := entry{
		Started: started.Time().Format(time.RFC3339Nano), Timings: t,
		Request: request{
			Method: "GET", URL: u.Scheme + "://" + u.Authority + u.Target, HTTPVersion: "HTTP/1.1",
			Cookies: []any{}, Headers: fields(u.RequestHead), Query: query(u.Target), HeadersSize: size(u.RequestHead),
		},
		Response: response{
			Status: u.Status, StatusText: reason(u.ResponseHead), HTTPVersion: "HTTP/1.1",
			Cookies: []any{}, Headers: fields(u.ResponseHead), HeadersSize: size(u.ResponseHead), BodySize: u.BodyBytes,
			Content: contentOf(u), Error: u.Failure,
		},
		Connection: strconv.FormatInt(u.Conn, 10), ResourceType: "websocket",
	}
	e.Response.Redirect, _ = u.ResponseHead.Get("Location")
	if method, _, ok := strings.Cut(u.RequestHead.StartLine(), " "); ok {
		e.Request.Method = method
	}
	for _, part := range []float64{t.Blocked, t.DNS, t.Connect, t.Send, t.Wait, t.Receive} {
		e.Time += max(part, 0)
	}
	if u.Server.IsValid() {
		e.ServerIP = u.Server.Addr().String()
	}
	e.socket(&u.Socket)
	return e
}

// socket adds what is known of an accepted WebSocket: the start of the gateway's
// first message if it was kept, and the end.
func (e *entry) socket(s *capture.Socket) {
	if !s.Opened.Seen() {
		return
	}
	if s.ServerFirst != "" {
		e.Messages = append(e.Messages, message{Type: "receive", Time: stamp(max(s.Counted().FromServer.First, s.Opened)), Opcode: opText, Data: s.ServerFirst})
	}
	if s.Closing.Seen() {
		way := "receive"
		if s.EndedBy == capture.Client {
			way = "send"
		}
		e.Messages = append(e.Messages, message{Type: way, Time: stamp(s.Closing), Opcode: opClose, Data: s.CloseReason})
	}
	if s.Closed.Seen() {
		e.Close = &closeState{Code: s.CloseCode, Reason: s.CloseReason, Time: stamp(s.Closed)}
	}
}

// timingsOf are the phases of an attempt and the moment they count from.
func timingsOf(u *capture.Upgrade) (timings, capture.Instant) {
	p := u.Phases
	t := timings{Blocked: -1, DNS: phase(p.ResolveStart, p.Resolved), Connect: -1, SSL: phase(p.Dialed, p.Secured), Receive: 0}
	started := p.RequestSent
	if dial := phase(p.Resolved, p.Dialed); dial >= 0 {
		t.Connect = dial + max(t.SSL, 0)
		started = p.Resolved
	}
	if t.DNS >= 0 {
		started = p.ResolveStart
	}
	if !started.Seen() {
		started = p.RequestRead
	}
	known := max(t.DNS, 0) + max(t.Connect, 0)
	if all := phase(started, p.RequestSent); all > known {
		t.Blocked = all - known
	}
	t.Wait = max(phase(p.RequestSent, p.ResponseFirst), 0)
	end := p.ResponseEnd
	if u.Socket.Closed.Seen() {
		end = u.Socket.Closed
	}
	t.Receive = max(phase(p.ResponseFirst, end), 0)
	return t, started
}

// phase is the time between two moments in ms, −1 if one was not seen.
func phase(from, to capture.Instant) float64 {
	d, ok := capture.Since(from, to)
	if !ok || d < 0 {
		return -1
	}
	return float64(d) / 1e6
}

// stamp is a moment in seconds since 1970.
func stamp(i capture.Instant) float64 { return float64(i) / 1e9 }

func fields(h capture.KeptHead) []pair {
	out := []pair{}
	for name, value := range h.Fields() {
		out = append(out, pair{name, value})
	}
	return out
}

func query(target string) []pair {
	out := []pair{}
	_, q, _ := strings.Cut(target, "?")
	for part := range strings.SplitSeq(q, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		out = append(out, pair{unescape(name), unescape(value)})
	}
	return out
}

func unescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// size is the length of a head, −1 without one.
func size(h capture.KeptHead) int64 {
	if h.Len() == 0 {
		return -1
	}
	return int64(h.Len())
}

// reason is the reason phrase of a status line.
func reason(h capture.KeptHead) string {
	_, rest, _ := strings.Cut(h.StartLine(), " ")
	_, phrase, _ := strings.Cut(rest, " ")
	return phrase
}

func contentOf(u *capture.Upgrade) content {
	c := content{Size: u.BodyBytes, MimeType: "x-unknown"}
	if mime, ok := u.ResponseHead.Get("Content-Type"); ok {
		c.MimeType = mime
	}
	if utf8.Valid(u.Body) {
		c.Text = string(u.Body)
	} else {
		c.Text, c.Encoding = base64.StdEncoding.EncodeToString(u.Body), "base64"
	}
	return c
}
