package proxy

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"

	"why403/capture"
)

// TestRequestReachesGateway compares what the gateway receives with what the
// client sent: the same bytes, but for the edits that the record lists.
func TestRequestReachesGateway(t *testing.T) {
	const fields = "HOST: gw\r\nupgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n" +
		"X-Dup: 1\r\nx-dup: 2\r\nSec-WebSocket-Version: 13\r\nsec-websocket-KEY: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
		"Authorization: Bearer abc\r\nX-Empty:\r\nX-Space:   a  \r\n"
	for _, tt := range []struct {
		name, sent, received string
		keep                 bool
		edits                int
	}{
		{"as sent", "GET /a?b=c HTTP/1.1\r\n" + fields + "\r\n", "GET /a?b=c HTTP/1.1\r\n" + fields + "\r\n", false, 0},
		{"absolute form", "GET https://gw:443/a?b HTTP/1.1\r\n" + fields + "\r\n", "GET /a?b HTTP/1.1\r\n" + fields + "\r\n", false, 1},
		{"absolute form without path", "GET http://gw HTTP/1.1\r\n" + fields + "\r\n", "GET / HTTP/1.1\r\n" + fields + "\r\n", false, 1},
		{"absolute form kept", "GET http://gw/a HTTP/1.1\r\n" + fields + "\r\n", "GET http://gw/a HTTP/1.1\r\n" + fields + "\r\n", true, 0},
		{"proxy fields", "GET / HTTP/1.1\r\nProxy-Connection: keep-alive\r\n" + fields + "pRoxy-authorization: Basic eDp5\r\n\r\n",
			"GET / HTTP/1.1\r\n" + fields + "\r\n", false, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			legs(t, func(t *testing.T, secure bool) {
				r := newRig(t, Options{KeepAbsolute: tt.keep})
				heads := make(chan string, 1)
				gw := r.gateway(secure, func(conn net.Conn, in *bufio.Reader) {
					head, _ := readHead(in)
					heads <- head
					io.WriteString(conn, "HTTP/1.1 403 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
				})
				conn := r.connect(gw, secure)
				io.WriteString(conn, tt.sent)
				if got := <-heads; got != tt.received {
					t.Errorf("gateway received\n%q, want\n%q", got, tt.received)
				}
				u := r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Status == 403 })
				if len(u.Edits) != tt.edits {
					t.Errorf("edits recorded: %q, want %d", u.Edits, tt.edits)
				}
			})
		})
	}
}

// TestRecord looks at what is recorded beside the bytes.
func TestRecord(t *testing.T) {
	legs(t, func(t *testing.T, secure bool) {
		r := newRig(t, Options{})
		peers := make(chan string, 1)
		gw := r.gateway(secure, func(conn net.Conn, in *bufio.Reader) {
			peers <- conn.RemoteAddr().String()
			readHead(in)
			io.WriteString(conn, switching)
			in.ReadByte()
		})
		conn := r.connect(gw, secure)
		io.WriteString(conn, upgradeHead("other.example"))
		want(t, conn, switching)
		u := r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Outcome == capture.Accepted })
		if u.Client.String() != conn.LocalAddr().String() || u.Source.String() != <-peers || u.Server.String() != gw {
			t.Errorf("addresses: client %v, source %v, server %v", u.Client, u.Source, u.Server)
		}
		if u.Authority != gw || u.Host != "other.example" {
			t.Errorf("authority %q, host %q", u.Authority, u.Host)
		}
		p := u.Phases
		order := []capture.Instant{p.Accepted, p.ConnectRead, p.ConnectAnswered, p.ClientHello, p.ClientSecured, p.RequestRead,
			p.Resolved, p.Dialed, p.Secured, p.RequestSent, p.ResponseFirst, p.ResponseHead, p.Relayed}
		if !secure {
			order = slices.DeleteFunc(order, func(i capture.Instant) bool { return i == 0 })
			if len(order) != 10 {
				t.Errorf("%d phases seen, want 10: %+v", len(order), p)
			}
		}
		if !slices.IsSorted(order) || order[0] == 0 {
			t.Errorf("phases out of order: %+v", p)
		}
		if secure != (u.ClientTLS != nil) || secure != (u.ServerTLS != nil) {
			t.Errorf("TLS facts: client %v, server %v", u.ClientTLS, u.ServerTLS)
		}
		if secure && (u.ServerTLS.Version != "TLS 1.3" || u.ServerTLS.SNI != "" || u.ServerTLS.ALPN != "") {
			t.Errorf("TLS with the gateway: %+v", u.ServerTLS)
		}
		if got := r.proxy.Stats(); got.Open != 1 || got.Answers[101] != 1 || got.Connections != 1 {
			t.Errorf("stats while open: %+v", got)
		}
		conn.Close()
		r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Socket.Closed.Seen() })
		r.stop()
		if got := r.proxy.Stats(); got.Open != 0 || got.Pending != 0 {
			t.Errorf("stats after the end: %+v", got)
		}
	})
}

// TestPipelinedBehindConnect sends the CONNECT and the request in one segment.
func TestPipelinedBehindConnect(t *testing.T) {
	r := newRig(t, Options{})
	gw := r.gateway(false, func(conn net.Conn, in *bufio.Reader) {
		head, _ := readHead(in)
		fmt.Fprintf(conn, "HTTP/1.1 403 No\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(head), head)
	})
	conn := r.dial()
	head := upgradeHead(gw)
	io.WriteString(conn, "CONNECT "+gw+" HTTP/1.1\r\nHost: gw\r\n\r\n"+head)
	want(t, conn, "HTTP/1.1 200 Connection established\r\n\r\n")
	answer, _ := io.ReadAll(conn)
	if !strings.HasSuffix(string(answer), "\r\n\r\n"+head) {
		t.Errorf("the gateway received %q", answer)
	}
}

// TestKeptAlive sends three exchanges through one tunnel, each with edits, and a
// body that looks like a head.
func TestKeptAlive(t *testing.T) {
	legs(t, func(t *testing.T, secure bool) {
		r := newRig(t, Options{})
		conns := make(chan net.Conn, 10)
		gw := r.gateway(secure, func(conn net.Conn, in *bufio.Reader) {
			conns <- conn
			for range 2 {
				head, _ := readHead(in)
				fmt.Fprintf(conn, "HTTP/1.1 403 No\r\nContent-Length: %d\r\n\r\n%s", len(head), head)
			}
			head, _ := readHead(in)
			body := make([]byte, 41)
			io.ReadFull(in, body)
			fmt.Fprintf(conn, "HTTP/1.1 403 No\r\nContent-Length: %d\r\n\r\n%s%s", len(head)+41, head, body)
			head, _ = readHead(in)
			io.WriteString(conn, switching+head)
			in.ReadByte()
		})
		conn := r.connect(gw, secure)
		absolute := strings.Replace(upgradeHead(gw), "GET /", "GET http://gw/", 1)
		echo := func(head, body string) {
			want(t, conn, fmt.Sprintf("HTTP/1.1 403 No\r\nContent-Length: %d\r\n\r\n%s%s", len(head)+len(body), head, body))
		}
		for range 2 {
			io.WriteString(conn, absolute)
			echo(upgradeHead(gw), "")
		}
		const body = "POST http://gw/b HTTP/1.1\r\nProxy-X: 1\r\n\r\n" // 41 bytes
		io.WriteString(conn, "POST http://gw/ HTTP/1.1\r\nHost: gw\r\nProxy-A: 1\r\nContent-Length: 41\r\n\r\n"+body)
		echo("POST / HTTP/1.1\r\nHost: gw\r\nContent-Length: 41\r\n\r\n", body)
		io.WriteString(conn, absolute)
		want(t, conn, switching+upgradeHead(gw))
		finish(conn)
		wantEnd(t, conn)
		run := r.sink.wait(t, "three upgrades", func(run *capture.Run) bool {
			return len(run.Upgrades) == 3 && run.Upgrades[2].Socket.Closed.Seen()
		})
		if err := run.CheckValid(); err != nil {
			t.Error(err)
		}
		for i, exchange := range []int64{1, 2, 4} {
			u := run.Upgrades[i]
			if u.Exchange != exchange || u.Conn != 1 || len(u.Edits) != 1 || (u.Phases.Dialed != 0) != (i == 0) || !u.Server.IsValid() {
				t.Errorf("upgrade %d: %+v", i, u)
			}
		}
		if len(conns) != 1 {
			t.Errorf("the gateway saw %d connections, want 1", len(conns))
		}
	})
}

// TestTwoTunnels: two clients have two connections to the gateway.
func TestTwoTunnels(t *testing.T) {
	legs(t, func(t *testing.T, secure bool) {
		r := newRig(t, Options{})
		peers := make(chan string, 10)
		gw := r.gateway(secure, func(conn net.Conn, in *bufio.Reader) {
			peers <- conn.RemoteAddr().String()
			readHead(in)
			io.WriteString(conn, "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")
			in.ReadByte()
		})
		for range 2 {
			conn := r.connect(gw, secure)
			io.WriteString(conn, upgradeHead(gw))
			want(t, conn, "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")
		}
		if a, b := <-peers, <-peers; a == b || len(peers) != 0 {
			t.Errorf("peers %s and %s, and %d more", a, b, len(peers))
		}
	})
}
