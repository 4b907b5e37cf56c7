package sim

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// open upgrades, or returns the refusal.
func open(t *testing.T, g *Gateway) (*websocket.Conn, *http.Response) {
	t.Helper()
	dialer := websocket.Dialer{HandshakeTimeout: 10 * time.Second}
	conn, res, err := dialer.Dial(g.URL(), nil)
	if err != nil && !errors.Is(err, websocket.ErrBadHandshake) {
		t.Fatal(err)
	}
	if conn != nil {
		t.Cleanup(func() { conn.Close() })
	}
	return conn, res
}

// closed ends a socket and waits for the gateway's Close frame.
func closed(t *testing.T, conn *websocket.Conn) {
	t.Helper()
	endSocket(conn, websocket.CloseNormalClosure, "")
	if err := drain(conn); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
		t.Fatalf("socket ended with %v, want 1000", err)
	}
}

func TestEachReleaseAdmitsOne(t *testing.T) {
	g := startGateway(t, GatewayOptions{Plain: true, Cap: 3})
	var conns []*websocket.Conn
	for range 3 {
		conn, _ := open(t, g)
		conns = append(conns, conn)
	}
	for _, conn := range conns {
		if _, res := open(t, g); res.StatusCode != 403 {
			t.Fatalf("full: answered %d", res.StatusCode)
		}
		closed(t, conn)
		if _, res := open(t, g); res.StatusCode != 101 {
			t.Fatalf("after a release: answered %d", res.StatusCode)
		}
	}
	g.Close()
	want := Counts{Accepted: 6, Refused: map[Reason]int{ReasonCap: 3}, PeakOpen: 3}
	if s := g.Stats(); fmt.Sprint(s.Counts) != fmt.Sprint(want) {
		t.Errorf("stats %+v, want %+v", s.Counts, want)
	}
}

// exchange sends a request as it stands to a plain gateway.
func exchange(t *testing.T, g *Gateway, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", g.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	io.WriteString(conn, request)
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}

func TestRefusalBytes(t *testing.T) {
	const request = "GET /ws HTTP/1.1\r\nHost: gw\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	tests := []struct {
		name    string
		refusal Refusal
		want    string // the Date field is replaced by DATE
	}{
		{"default", Refusal{}, "HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nDate: DATE\r\nServer: simulated-gateway\r\n" +
			"Content-Length: 21\r\nConnection: close\r\n\r\n{\"error\":\"forbidden\"}"},
		{"configured", Refusal{
			Status: 429, Body: "slow down", ContentType: "text/plain",
			Header: http.Header{"server": {"edge"}, "Retry-After": {"30"}},
		}, "HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain\r\nDate: DATE\r\nRetry-After: 30\r\nServer: edge\r\n" +
			"Content-Length: 9\r\nConnection: close\r\n\r\nslow down"},
		{"empty", Refusal{NoBody: true}, "HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nDate: DATE\r\nServer: simulated-gateway\r\n" +
			"Content-Length: 0\r\nConnection: close\r\n\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := startGateway(t, GatewayOptions{Plain: true, RequireToken: true, Refusal: tt.refusal})
			answer := exchange(t, g, request)
			res, err := http.ReadResponse(bufio.NewReader(strings.NewReader(answer)), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Replace(answer, res.Header.Get("Date"), "DATE", 1); got != tt.want {
				t.Errorf("answered\n%q\nwant\n%q", got, tt.want)
			}
		})
	}
}

func TestNotAnUpgrade(t *testing.T) {
	g := startGateway(t, GatewayOptions{Plain: true})
	answer := exchange(t, g, "GET /ws HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n")
	if s := g.Stats(); !strings.HasPrefix(answer, "HTTP/1.1 426 ") || s.Malformed != 1 || s.Accepted != 0 {
		t.Errorf("answered %q, stats %+v", answer, s)
	}
}

func TestBrokenHandshakeHoldsNoSlot(t *testing.T) {
	g := startGateway(t, GatewayOptions{Plain: true, Cap: 1})
	answer := exchange(t, g, "GET /ws HTTP/1.1\r\nHost: gw\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n")
	if s := g.Stats(); !strings.HasPrefix(answer, "HTTP/1.1 400 ") || s.Open != 0 || s.Abandoned != 1 {
		t.Errorf("answered %q, stats %+v", answer, s)
	}
}

func TestClockOffset(t *testing.T) {
	const offset = -time.Hour
	g := startGateway(t, GatewayOptions{Plain: true, Cap: 1, ClockOffset: offset})
	for range 2 { // 101, then 403
		_, res := open(t, g)
		date, err := http.ParseTime(res.Header.Get("Date"))
		if off := time.Until(date) - offset; err != nil || off > time.Second || off < -10*time.Second {
			t.Errorf("%d with Date %q, off by %v (%v)", res.StatusCode, res.Header.Get("Date"), off, err)
		}
		if got := res.Header.Get("Server"); got != serverName {
			t.Errorf("%d with Server %q", res.StatusCode, got)
		}
	}
	for _, tt := range []struct {
		offset time.Duration
		want   Reason
	}{{offset, ReasonNotYet}, {2 * time.Hour, ReasonExpired}, {time.Minute, ""}} {
		g, report := runLoad(t, GatewayOptions{ClockOffset: tt.offset, CheckExpiry: true}, Load{})
		if s := g.Stats(); s.Refused[tt.want] != refusals(s) || report.Attempts != 1 || (s.Accepted == 1) != (tt.want == "") {
			t.Errorf("clock %v off: %+v, want %q", tt.offset, s.Counts, tt.want)
		}
	}
}

func TestEchoAndPing(t *testing.T) {
	g := startGateway(t, GatewayOptions{Plain: true})
	conn, _ := open(t, g)
	pong := ""
	conn.SetPongHandler(func(data string) error { pong = data; return nil })
	conn.WriteControl(websocket.PingMessage, []byte("p1"), time.Now().Add(time.Second))
	long := strings.Repeat("x", 5000)
	for kind, want := range map[int]string{websocket.TextMessage: "hello", websocket.BinaryMessage: long} {
		conn.WriteMessage(kind, []byte(want))
		gotKind, got, err := conn.ReadMessage()
		if err != nil || gotKind != kind || string(got) != want {
			t.Errorf("echo of %d bytes, kind %d: %d bytes, kind %d, %v", len(want), kind, len(got), gotKind, err)
		}
	}
	if pong != "p1" {
		t.Errorf("pong %q", pong)
	}
	closed(t, conn)
}

func TestMaxSocketLife(t *testing.T) {
	g := startGateway(t, GatewayOptions{Plain: true, Cap: 1, MaxSocketLife: time.Millisecond})
	for range 2 { // the second one shows that the slot was free before the Close frame
		conn, res := open(t, g)
		if conn == nil {
			t.Fatalf("answered %d", res.StatusCode)
		}
		if err := drain(conn); !websocket.IsCloseError(err, websocket.CloseGoingAway) {
			t.Errorf("ended with %v, want 1001", err)
		}
	}
}

func TestInBandRefusal(t *testing.T) {
	g := startGateway(t, GatewayOptions{Plain: true, Cap: 1, InBand: &InBand{Reason: "full", Message: "no room"}})
	first, _ := open(t, g)
	second, res := open(t, g)
	if second == nil {
		t.Fatalf("answered %d, want 101", res.StatusCode)
	}
	_, message, err := second.ReadMessage()
	if err != nil || string(message) != "no room" {
		t.Errorf("read %q, %v", message, err)
	}
	var end *websocket.CloseError
	if err := drain(second); !errors.As(err, &end) || end.Code != 1013 || end.Text != "full" {
		t.Errorf("ended with %v", err)
	}
	closed(t, first)
	if s := g.Stats(); s.Accepted != 1 || s.Refused[ReasonCap] != 1 || s.PeakOpen != 1 {
		t.Errorf("stats %+v", s)
	}
}

func TestStartGatewayErrors(t *testing.T) {
	for name, opt := range map[string]GatewayOptions{
		"bad address": {Addr: "127.0.0.1:none"},
		"bad format":  {Issuer: IssuerOptions{Format: "paper"}},
	} {
		if g, err := StartGateway(t.Context(), opt); err == nil {
			g.Close()
			t.Errorf("%s: started", name)
		}
	}
}

func TestPlainGatewayHasNoCertificate(t *testing.T) {
	plain, secure := startGateway(t, GatewayOptions{Plain: true}), startGateway(t, GatewayOptions{Names: []string{"gw.example", "127.0.0.9"}})
	if plain.Roots() != nil || plain.CertPEM() != nil || !strings.HasPrefix(plain.URL(), "ws://") {
		t.Error("plain gateway has a certificate")
	}
	if err := secure.cert.Leaf.VerifyHostname("gw.example"); err != nil {
		t.Error(err)
	}
	if err := secure.cert.Leaf.VerifyHostname("127.0.0.9"); err != nil {
		t.Error(err)
	}
	if !strings.HasPrefix(string(secure.CertPEM()), "-----BEGIN CERTIFICATE-----") || !strings.HasPrefix(secure.TokenURL(), "https://") {
		t.Error("secure gateway has no certificate")
	}
}

// TestCancelledGateway ends a gateway with sockets open and an upgrade waiting.
func TestCancelledGateway(t *testing.T) {
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(context.Background())
	g, err := StartGateway(ctx, GatewayOptions{Plain: true, Cap: 2, Refusal: Refusal{Latency: time.Hour}})
	if err != nil {
		t.Fatal(err)
	}
	one, _ := open(t, g)
	two, _ := open(t, g)
	waiting, err := net.Dial("tcp", g.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer waiting.Close()
	io.WriteString(waiting, "GET /ws HTTP/1.1\r\nHost: gw\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	for refusals(g.Stats()) == 0 {
		runtime.Gosched()
	}
	cancel()
	g.Close()
	if drain(one) == nil || drain(two) == nil {
		t.Error("a socket is still open")
	}
	if s := g.Stats(); s.Open != 0 {
		t.Errorf("%d still open", s.Open)
	}
	one.Close()
	two.Close()
	settle(t, before)
}

// settle waits until no more goroutines run than before: what a goroutine of
// net/http does after its last callback cannot be waited for otherwise.
func settle(t *testing.T, before int) {
	t.Helper()
	deadline := time.Now().Add(5 * time.Second)
	for runtime.NumGoroutine() > before {
		if time.Now().After(deadline) {
			buf := make([]byte, 1<<16)
			t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
		}
		time.Sleep(time.Millisecond)
	}
}
