package proxy

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"why403/capture"
)

// legs runs a test over plain CONNECT and over TLS.
func legs(t *testing.T, test func(t *testing.T, secure bool)) {
	t.Run("ws", func(t *testing.T) { test(t, false) })
	t.Run("wss", func(t *testing.T) { test(t, true) })
}

// TestRefusalReachesClient compares all that a client receives, and what is
// recorded, with what the gateway wrote.
func TestRefusalReachesClient(t *testing.T) {
	refusal := func(status, fields, body string) string {
		return "HTTP/1.1 " + status + "\r\nserver: odd\r\nX-B: 2\r\nx-a: 1\r\nX-B: 3\r\n" + fields + "\r\n" + body
	}
	for _, tt := range []struct {
		name, answer string
		status       int
		body         string
		kept         bool // the gateway leaves the connection open
	}{
		{"connection close", refusal("403 Forbidden", "Connection: close\r\nContent-Length: 6\r\n", "denied"), 403, "denied", false},
		{"content length", refusal("403 Forbidden", "Content-Length: 6\r\n", "denied"), 403, "denied", true},
		{"chunked", refusal("403 Nope", "Transfer-Encoding: chunked\r\n", "3\r\nden\r\n3;x=y\r\nied\r\n0\r\nT: 1\r\n\r\n"), 403, "denied", true},
		{"to the end of the connection", refusal("403 Forbidden", "", "denied"), 403, "denied", false},
		{"no body", refusal("403 Forbidden", "Content-Length: 0\r\n", ""), 403, "", true},
		{"upgrade fields", refusal("403 Forbidden", "Upgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 2\r\n", "no"), 403, "no", true},
		{"426", refusal("426 Upgrade Required", "Upgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 0\r\n", ""), 426, "", true},
		{"429", refusal("429 Too Many Requests", "Retry-After: 1\r\nContent-Length: 4\r\n", "slow"), 429, "slow", true},
		{"503", refusal("503 Service Unavailable", "Content-Length: 4\r\n", "full"), 503, "full", true},
		{"502", refusal("502 Bad Gateway", "Content-Length: 3\r\n", "bad"), 502, "bad", true},
		{"after 100", "HTTP/1.1 100 Continue\r\n\r\n" + refusal("403 Forbidden", "Content-Length: 1\r\n", "x"), 403, "x", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			legs(t, func(t *testing.T, secure bool) {
				r := newRig(t, Options{})
				gw := r.gateway(secure, func(conn net.Conn, in *bufio.Reader) {
					readHead(in)
					io.WriteString(conn, tt.answer)
					if tt.kept {
						in.ReadByte()
					}
				})
				conn := r.connect(gw, secure)
				io.WriteString(conn, upgradeHead(gw))
				want(t, conn, tt.answer)
				if tt.kept {
					finish(conn)
				}
				wantEnd(t, conn)
				u := r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Outcome == capture.Refused && u.BodyBytes > 0 || tt.body == "" })
				if u.Status != tt.status || string(u.Body) != tt.body {
					t.Errorf("recorded %d with body %q, want %d with %q", u.Status, u.Body, tt.status, tt.body)
				}
			})
		})
	}
}

// TestSplitRefusal gives the refusal in pieces that end at every byte.
func TestSplitRefusal(t *testing.T) {
	const refusal = "HTTP/1.1 403 Forbidden\r\nUpgrade: websocket\r\nContent-Length: 6\r\n\r\ndenied"
	legs(t, func(t *testing.T, secure bool) {
		r := newRig(t, Options{})
		gw := r.gateway(secure, func(conn net.Conn, in *bufio.Reader) {
			head, _ := readHead(in)
			var cut int
			fmt.Sscanf(head, "GET /%d", &cut)
			io.WriteString(conn, refusal[:cut])
			in.ReadByte() // the client has seen the first piece
			io.WriteString(conn, refusal[cut:])
			in.ReadByte()
		})
		for cut := range len(refusal) {
			conn := r.connect(gw, secure)
			io.WriteString(conn, strings.Replace(upgradeHead(gw), "/ws?x=1", fmt.Sprintf("/%d", cut), 1))
			want(t, conn, refusal[:cut])
			io.WriteString(conn, "x") // behind an upgrade: goes through as it is
			want(t, conn, refusal[cut:])
			finish(conn)
			wantEnd(t, conn)
		}
	})
}

// TestFramesBehindSwitching: what the gateway sends in one segment with its 101,
// and what the client sends in one with its request, arrives.
func TestFramesBehindSwitching(t *testing.T) {
	const ping, hello = "\x89\x00", "\x81\x05hello"
	const masked = "\x81\x85\x01\x02\x03\x04iggmn"
	legs(t, func(t *testing.T, secure bool) {
		r := newRig(t, Options{})
		gw := r.gateway(secure, func(conn net.Conn, in *bufio.Reader) {
			readHead(in)
			io.WriteString(conn, switching+ping+hello)
			buf := make([]byte, len(masked))
			io.ReadFull(in, buf)
			conn.Write(buf)
			in.ReadByte()
		})
		conn := r.connect(gw, secure)
		io.WriteString(conn, upgradeHead(gw)+masked)
		want(t, conn, switching+ping+hello+masked)
		finish(conn)
		wantEnd(t, conn)
		u := r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Socket.Closed.Seen() })
		if u.Outcome != capture.Accepted || u.Socket.Counted().FromClient.Frames != 1 || u.Socket.Counted().FromServer.Frames != 3 {
			t.Errorf("recorded %+v", u)
		}
	})
}
