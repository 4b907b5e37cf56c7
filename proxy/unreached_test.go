package proxy

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"why403/capture"
)

// TestUnreached: what keeps a request from the gateway is answered inside the
// tunnel, with the reason, and is never taken for an answer of the gateway's.
func TestUnreached(t *testing.T) {
	failing := func(err error) func(context.Context, string, string) (net.Conn, error) {
		return func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
		}
	}
	for _, tt := range []struct {
		name   string
		dial   func(context.Context, string, string) (net.Conn, error)
		status int
		why    string
	}{
		{"refused", failing(syscall.ECONNREFUSED), 502, "connection refused"},
		{"no such name", failing(&net.DNSError{Err: "no such host", Name: "gw.test", IsNotFound: true}), 502, `look up "gw.test": no such host`},
		{"name server silent", failing(&net.DNSError{Err: "timeout", Name: "gw.test", IsTimeout: true}), 504, "look up"},
		{"timed out", failing(os.ErrDeadlineExceeded), 504, "timed out"},
		{"no descriptors", failing(syscall.EMFILE), 502, "its own fault and not the gateway's"},
		{"no ports", failing(syscall.EADDRNOTAVAIL), 502, "its own fault and not the gateway's"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			legs(t, func(t *testing.T, secure bool) {
				r := newRig(t, Options{Dial: tt.dial})
				conn := r.connect("gw.test:443", secure)
				io.WriteString(conn, upgradeHead("gw.test"))
				r.wantUnreached(conn, tt.status, tt.why)
			})
		})
	}
}

// wantUnreached reads an answer of the proxy's own and looks at its record.
func (r *rig) wantUnreached(conn net.Conn, status int, why string) *capture.Upgrade {
	t := r.t
	t.Helper()
	in := bufio.NewReader(conn)
	resp, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != status || !strings.Contains(string(body), why) || !strings.Contains(resp.Status, "why403: ") ||
		resp.Header.Get("Server") != "why403" || !resp.Close {
		t.Errorf("answer %q %v with %q, want %d with %q", resp.Status, resp.Header, body, status, why)
	}
	wantEnd(t, in)
	u := r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Outcome != capture.Pending })
	if u.Outcome != capture.Unreached || u.Status != 0 || !strings.Contains(u.Failure, why) {
		t.Errorf("recorded %q, status %d, failure %q", u.Outcome, u.Status, u.Failure)
	}
	if s := r.proxy.Stats(); s.Unanswered != 1 || len(s.Answers) != 0 {
		t.Errorf("stats %+v", s)
	}
	return u
}

// TestRefusedPort dials for real.
func TestRefusedPort(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gw := ln.Addr().String()
	ln.Close()
	r := newRig(t, Options{})
	conn := r.connect(gw, true)
	io.WriteString(conn, upgradeHead(gw))
	r.wantUnreached(conn, 502, "connection refused")
}

// TestBadCertificate: the gateway's certificate is verified for the name in
// CONNECT, whether or not the client sends a server name.
func TestBadCertificate(t *testing.T) {
	serve := func(r *rig) string {
		return r.gateway(true, func(conn net.Conn, in *bufio.Reader) {
			if _, err := readHead(in); err == nil {
				io.WriteString(conn, "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")
				in.ReadByte()
			}
		})
	}
	t.Run("unknown authority", func(t *testing.T) {
		r := newRig(t, Options{Roots: newAuthority(t).pool()})
		gw := serve(r)
		conn := r.connect(gw, true)
		io.WriteString(conn, upgradeHead(gw))
		r.wantUnreached(conn, 502, "unknown authority")
	})
	t.Run("other name", func(t *testing.T) {
		var gw string
		r := newRig(t, Options{Dial: func(context.Context, string, string) (net.Conn, error) { return net.Dial("tcp", gw) }})
		gw = serve(r)
		conn := r.connect("gw.test:443", true)
		io.WriteString(conn, upgradeHead(gw))
		r.wantUnreached(conn, 502, "match gw.test")
	})
	t.Run("insecure", func(t *testing.T) {
		r := newRig(t, Options{Insecure: true, Roots: newAuthority(t).pool()})
		gw := serve(r)
		conn := r.connect(gw, true)
		io.WriteString(conn, upgradeHead(gw))
		want(t, conn, "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")
	})
}

// TestNoAnswer: the proxy does not wait for ever, and says that it was it who
// stopped.
func TestNoAnswer(t *testing.T) {
	legs(t, func(t *testing.T, secure bool) {
		r := newRig(t, Options{Limits: Limits{Answer: 30 * time.Millisecond}})
		gw := r.gateway(secure, func(conn net.Conn, in *bufio.Reader) { io.Copy(io.Discard, in) })
		conn := r.connect(gw, secure)
		io.WriteString(conn, upgradeHead(gw))
		answer, _ := io.ReadAll(conn)
		if !strings.HasPrefix(string(answer), "HTTP/1.1 504 Gateway Timeout (why403: ") {
			t.Errorf("answer %q", answer)
		}
		u := r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Outcome != capture.Pending })
		if u.Outcome != capture.TimedOut {
			t.Errorf("outcome %q", u.Outcome)
		}
	})
}

// TestDroppedWithClientWaiting: a client that does not look is not waited for.
func TestDroppedWithClientWaiting(t *testing.T) {
	legs(t, func(t *testing.T, secure bool) {
		r := newRig(t, Options{Limits: Limits{Drain: 30 * time.Millisecond}})
		gw := r.gateway(secure, func(conn net.Conn, in *bufio.Reader) { readHead(in) })
		conn := r.connect(gw, secure)
		io.WriteString(conn, upgradeHead(gw))
		u := r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Outcome != capture.Pending })
		if u.Outcome != capture.Dropped {
			t.Errorf("outcome %q", u.Outcome)
		}
		r.proxy.conns.waitEmpty(t)
	})
}

// waitEmpty waits until no connection is left.
func (s *connSet) waitEmpty(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); runtime.Gosched() {
		s.mu.Lock()
		n := len(s.conns)
		s.mu.Unlock()
		if n == 0 {
			return
		}
	}
	t.Error("connections are left")
}

// TestDropped: the gateway closes without an answer, and so the client sees it.
func TestDropped(t *testing.T) {
	legs(t, func(t *testing.T, secure bool) {
		r := newRig(t, Options{Limits: Limits{Drain: 50 * time.Millisecond}})
		gw := r.gateway(secure, func(conn net.Conn, in *bufio.Reader) { readHead(in) })
		conn := r.connect(gw, secure)
		io.WriteString(conn, upgradeHead(gw))
		wantEnd(t, conn)
		u := r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Outcome != capture.Pending })
		if u.Outcome != capture.Dropped {
			t.Errorf("outcome %q", u.Outcome)
		}
	})
}
