package proxy

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"why403/capture"
)

// TestSlowLoris: a client that never completes its head is sent away, before and
// inside a tunnel.
func TestSlowLoris(t *testing.T) {
	const soon = 500 * time.Millisecond // long enough for a busy machine to come so far
	limits := Limits{Connect: soon, RequestHead: soon, ClientTLS: soon}
	r := newRig(t, Options{Limits: limits})
	for _, tt := range []struct {
		name    string
		conn    func() net.Conn
		sent    string
		answers string
	}{
		{"head", r.dial, "CONNECT a:1 HTTP/1.1\r\nA: ", "HTTP/1.1 408 "},
		{"nothing", r.dial, "", ""},
		{"inner head", func() net.Conn { return r.connect("127.0.0.1:1", true) }, "GET / HTTP/1.1\r\nA:", "HTTP/1.1 408 "},
		{"inner plain head", func() net.Conn { return r.connect("127.0.0.1:1", false) }, "GET / HTTP/1.1\r\nA:", "HTTP/1.1 408 "},
		{"hello", func() net.Conn { return r.connect("127.0.0.1:1", false) }, "\x16\x03", ""},
		{"silent tunnel", func() net.Conn { return r.connect("127.0.0.1:1", false) }, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			conn := tt.conn()
			io.WriteString(conn, tt.sent)
			answer, _ := io.ReadAll(conn)
			if !strings.HasPrefix(string(answer), tt.answers) || (tt.answers == "") != (len(answer) == 0) {
				t.Errorf("answer %q, want %q", answer, tt.answers)
			}
		})
	}
}

// TestHeadTooLarge: 431, before and inside a tunnel.
func TestHeadTooLarge(t *testing.T) {
	r := newRig(t, Options{Limits: Limits{Head: 1000}})
	for _, secure := range []bool{false, true} {
		conn := r.connect("127.0.0.1:1", secure)
		fmt.Fprintf(conn, "GET / HTTP/1.1\r\nA: %s\r\n\r\n", strings.Repeat("a", 1000))
		answer, _ := io.ReadAll(conn)
		if !strings.HasPrefix(string(answer), "HTTP/1.1 431 ") {
			t.Errorf("inside: answer %q", answer)
		}
	}
	conn := r.dial()
	fmt.Fprintf(conn, "CONNECT a:1 HTTP/1.1\r\nA: %s", strings.Repeat("a", 1000))
	answer, _ := io.ReadAll(conn)
	if !strings.HasPrefix(string(answer), "HTTP/1.1 431 ") {
		t.Errorf("outside: answer %q", answer)
	}
}

// TestTooManyPending: beyond the limit clients are told so, and it is counted.
func TestTooManyPending(t *testing.T) {
	r := newRig(t, Options{Limits: Limits{Pending: 1, Connections: 2}})
	first := r.connect("127.0.0.1:1", false)
	conn := r.dial()
	answer, _ := io.ReadAll(conn)
	if !strings.HasPrefix(string(answer), "HTTP/1.1 503 ") || !strings.Contains(string(answer), "Server: why403\r\n") {
		t.Errorf("answer %q", answer)
	}
	if s := r.proxy.Stats(); s.OverLimit != 1 || s.Pending != 1 {
		t.Errorf("stats %+v", s)
	}
	r.sink.wait(t, "loss", func(run *capture.Run) bool {
		return len(run.Losses) == 1 && run.Losses[0].Kind == capture.LostRefused
	})
	first.Close()
}

func TestSessions(t *testing.T) {
	n, hard := Sessions()
	if n <= 0 || uint64(2*n) >= hard {
		t.Errorf("%d sessions within %d descriptors", n, hard)
	}
	if got := sessionsWithin(20_000); got != 9468 {
		t.Errorf("%d sessions within 20,000 descriptors, want 9,468", got)
	}
	if got := connectionsWithin(20_000); got != 9952 {
		t.Errorf("%d connections within 20,000 descriptors, want 9,952", got)
	}
	if got := sessionsWithin(10); got != 0 {
		t.Errorf("%d sessions within 10 descriptors", got)
	}
}
