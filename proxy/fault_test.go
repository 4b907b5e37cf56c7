package proxy

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"why403/capture"
)

// TestNameNotFound looks a name up for real, at a name server that cannot be asked.
func TestNameNotFound(t *testing.T) {
	r := newRig(t, Options{Resolver: &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("no name server")
	}}})
	conn := r.connect("gw.test:443", true)
	io.WriteString(conn, upgradeHead("gw.test"))
	u := r.wantUnreached(conn, 502, `look up "gw.test": `)
	if p := u.Phases; !p.ResolveStart.Seen() || p.Resolved.Seen() || p.Dialed.Seen() {
		t.Errorf("phases %+v", p)
	}
}

// TestResetMidHead: what came of the answer reaches the client, and then the reset.
func TestResetMidHead(t *testing.T) {
	legs(t, func(t *testing.T, secure bool) {
		const part = "HTTP/1.1 403 Forbidden\r\nServer: x"
		r := newRig(t, Options{})
		gw := r.gateway(secure, func(conn net.Conn, in *bufio.Reader) {
			readHead(in)
			io.WriteString(conn, part)
			in.ReadByte() // the client has it
			abort(conn)
		})
		conn := r.connect(gw, secure)
		io.WriteString(conn, upgradeHead(gw))
		want(t, conn, part)
		io.WriteString(conn, "x")
		if _, err := io.ReadAll(conn); !isReset(err) {
			t.Errorf("then the client saw %v", err)
		}
		u := r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Outcome != capture.Pending })
		if u.Outcome != capture.Dropped || !strings.Contains(u.Failure, "rst") || !strings.Contains(u.Failure, "within the head") {
			t.Errorf("recorded %q, failure %q", u.Outcome, u.Failure)
		}
	})
}

// TestHugeAnswerHead: a head of 1 MiB is nothing to the relay, and the record says
// why it has no status.
func TestHugeAnswerHead(t *testing.T) {
	legs(t, func(t *testing.T, secure bool) {
		huge := "HTTP/1.1 403 Forbidden\r\n" + strings.Repeat("X: "+strings.Repeat("x", 1019)+"\r\n", 1<<10) + "\r\n"
		r := newRig(t, Options{})
		gw := r.gateway(secure, func(conn net.Conn, in *bufio.Reader) {
			readHead(in)
			io.WriteString(conn, huge)
		})
		conn := r.connect(gw, secure)
		io.WriteString(conn, upgradeHead(gw))
		want(t, conn, huge)
		wantEnd(t, conn)
		u := r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Outcome != capture.Pending })
		if u.Status != 0 || !strings.Contains(u.Failure, "head over 65536 bytes") {
			t.Errorf("recorded %q, status %d, failure %q", u.Outcome, u.Status, u.Failure)
		}
	})
}

// TestAnswerBeforeRequestIsComplete: the answer to a request whose body is still on
// its way goes through, and so does the rest of the body.
func TestAnswerBeforeRequestIsComplete(t *testing.T) {
	legs(t, func(t *testing.T, secure bool) {
		const answer = "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"
		r := newRig(t, Options{})
		gw := r.gateway(secure, func(conn net.Conn, in *bufio.Reader) {
			readHead(in)
			io.WriteString(conn, answer)
			rest := make([]byte, 10)
			io.ReadFull(in, rest)
			conn.Write(rest)
		})
		conn := r.connect(gw, secure)
		fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: %s\r\nContent-Length: 10\r\n\r\n01234", gw)
		want(t, conn, answer)
		io.WriteString(conn, "56789")
		want(t, conn, "0123456789")
		wantEnd(t, conn)
	})
}

// TestGatewayHalfCloses: after the gateway's FIN the client can still send.
func TestGatewayHalfCloses(t *testing.T) {
	legs(t, func(t *testing.T, secure bool) {
		r := newRig(t, Options{})
		received := make(chan string, 1)
		gw := r.gateway(secure, func(conn net.Conn, in *bufio.Reader) {
			readHead(in)
			io.WriteString(conn, switching)
			finish(conn)
			rest, _ := io.ReadAll(in)
			received <- string(rest)
		})
		conn := r.connect(gw, secure)
		io.WriteString(conn, upgradeHead(gw))
		want(t, conn, switching)
		wantEnd(t, conn)
		io.WriteString(conn, "still here")
		finish(conn)
		if got := <-received; got != "still here" {
			t.Errorf("the gateway got %q", got)
		}
	})
}

// TestClientNeverReads: a gateway that sends to such a client waits, the proxy's
// memory does not grow, and others are served meanwhile.
func TestClientNeverReads(t *testing.T) {
	legs(t, func(t *testing.T, secure bool) {
		r := newRig(t, Options{})
		const flood = 64 << 20
		blocked := make(chan int, 1)
		gw := r.gateway(secure, func(conn net.Conn, in *bufio.Reader) {
			head, _ := readHead(in)
			io.WriteString(conn, switching)
			if strings.Contains(head, "/other") {
				io.CopyN(conn, in, 5)
				return
			}
			conn.SetWriteDeadline(time.Now().Add(200 * time.Millisecond))
			sent := 0
			for block := make([]byte, 64<<10); sent < flood; {
				n, err := conn.Write(block)
				if sent += n; err != nil {
					break
				}
			}
			blocked <- sent
		})
		conn := r.connect(gw, secure)
		io.WriteString(conn, upgradeHead(gw))
		want(t, conn, switching)
		other := r.connect(gw, secure)
		io.WriteString(other, strings.Replace(upgradeHead(gw), "/ws", "/other", 1)+"hello")
		want(t, other, switching+"hello")
		if sent := <-blocked; sent >= flood {
			t.Errorf("%d bytes went to a client that does not read", sent)
		}
	})
}

// TestDribble: a client that sends a byte at a time, within its time, is served.
func TestDribble(t *testing.T) {
	legs(t, func(t *testing.T, secure bool) {
		r := newRig(t, Options{})
		gw := r.gateway(secure, func(conn net.Conn, in *bufio.Reader) {
			head, _ := readHead(in)
			io.WriteString(conn, head)
		})
		conn := r.connect(gw, secure)
		for _, b := range []byte(upgradeHead(gw)) {
			conn.Write([]byte{b})
		}
		want(t, conn, upgradeHead(gw))
	})
}
