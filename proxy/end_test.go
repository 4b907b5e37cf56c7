package proxy

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	"why403/capture"
)

// TestClientGoneAfterStatusLine does as JMeter does: it closes as soon as it has
// the status line. The rest of the refusal is recorded all the same.
func TestClientGoneAfterStatusLine(t *testing.T) {
	legs(t, func(t *testing.T, secure bool) {
		r := newRig(t, Options{})
		gone := make(chan struct{})
		gw := r.gateway(secure, func(conn net.Conn, in *bufio.Reader) {
			readHead(in)
			io.WriteString(conn, "HTTP/1.1 403 No\r\nContent-Length: 10\r\n\r\nde")
			<-gone
			for _, piece := range []string{"ni", "ed", "bec", "a"} {
				io.WriteString(conn, piece)
			}
			in.ReadByte()
		})
		conn := r.connect(gw, secure)
		io.WriteString(conn, upgradeHead(gw))
		want(t, conn, "HTTP/1.1 403 No\r\n")
		conn.Close()
		close(gone)
		u := r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.BodyBytes == 9 || u.BodyBytes == 10 })
		if !strings.HasPrefix(string(u.Body), "deniedbec") {
			t.Errorf("recorded body %q", u.Body)
		}
	})
}

// TestClientGoneWhilePending: the gateway learns at once that nobody waits.
func TestClientGoneWhilePending(t *testing.T) {
	for _, how := range []string{"fin", "rst"} {
		t.Run(how, func(t *testing.T) {
			legs(t, func(t *testing.T, secure bool) {
				r := newRig(t, Options{Limits: Limits{Drain: 50 * time.Millisecond}})
				asked := make(chan struct{})
				ends := make(chan error, 1)
				gw := r.gateway(secure, func(conn net.Conn, in *bufio.Reader) {
					readHead(in)
					close(asked)
					_, err := in.ReadByte()
					ends <- err
				})
				conn := r.connect(gw, secure)
				io.WriteString(conn, upgradeHead(gw))
				<-asked
				if how == "rst" {
					abort(conn)
				} else {
					conn.Close()
				}
				if err := <-ends; isReset(err) != (how == "rst") || err == nil {
					t.Errorf("the gateway saw %v", err)
				}
				u := r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Outcome != capture.Pending })
				if u.Outcome != capture.ClientGone {
					t.Errorf("outcome %q", u.Outcome)
				}
			})
		})
	}
}

// abort closes a connection with an RST.
func abort(conn net.Conn) {
	if secured, ok := conn.(*tls.Conn); ok {
		conn = secured.NetConn()
	}
	conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
}

// TestSocketEnds ends an open socket in each way from each side: the other side
// sees the same, and so does the record.
func TestSocketEnds(t *testing.T) {
	const fromClient, fromGateway = "\x88\x82\x00\x00\x00\x00\x03\xe8", "\x88\x02\x11\x33"
	for _, tt := range []struct {
		name    string
		gateway bool // ends it
		frame   string
		rst     bool
		how     capture.Ending
		code    int
	}{
		{"client close frame", false, fromClient, false, capture.CloseFrame, 1000},
		{"client fin", false, "", false, capture.FIN, 0},
		{"client rst", false, "", true, capture.RST, 0},
		{"gateway close frame", true, fromGateway, false, capture.CloseFrame, 4403},
		{"gateway fin", true, "", false, capture.FIN, 0},
		{"gateway rst", true, "", true, capture.RST, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			legs(t, func(t *testing.T, secure bool) {
				r := newRig(t, Options{Limits: Limits{Drain: 50 * time.Millisecond}})
				open := make(chan struct{})
				ends := make(chan error, 1)
				act := func(conn net.Conn) {
					io.WriteString(conn, tt.frame)
					if tt.rst {
						abort(conn)
					} else {
						finish(conn)
					}
				}
				gw := r.gateway(secure, func(conn net.Conn, in *bufio.Reader) {
					readHead(in)
					io.WriteString(conn, switching)
					<-open
					if tt.gateway {
						act(conn)
						io.Copy(io.Discard, in)
						return
					}
					_, err := io.Copy(io.Discard, in)
					ends <- err
				})
				conn := r.connect(gw, secure)
				io.WriteString(conn, upgradeHead(gw))
				want(t, conn, switching)
				close(open)
				if tt.gateway {
					_, err := io.Copy(io.Discard, conn)
					ends <- err
				} else {
					act(conn)
				}
				if err := <-ends; isReset(err) != tt.rst {
					t.Errorf("the other side saw %v", err)
				}
				side := capture.Client
				if tt.gateway {
					side = capture.Gateway
				}
				u := r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Socket.Closed.Seen() })
				if s := u.Socket; s.EndedBy != side || s.How != tt.how || s.CloseCode != tt.code {
					t.Errorf("recorded: ended by %q with %q, code %d", s.EndedBy, s.How, s.CloseCode)
				}
			})
		})
	}
}

// TestHalfClose: after the end of one direction the other goes on.
func TestHalfClose(t *testing.T) {
	legs(t, func(t *testing.T, secure bool) {
		r := newRig(t, Options{})
		gw := r.gateway(secure, func(conn net.Conn, in *bufio.Reader) {
			readHead(in)
			io.WriteString(conn, switching)
			rest, _ := io.ReadAll(in)
			conn.Write(bytes.ToUpper(rest))
		})
		conn := r.connect(gw, secure)
		io.WriteString(conn, upgradeHead(gw))
		want(t, conn, switching)
		io.WriteString(conn, "to the end")
		finish(conn)
		want(t, conn, "TO THE END")
		wantEnd(t, conn)
	})
}

// TestBulk sends random bytes both ways at once, in reads and writes of all sizes.
func TestBulk(t *testing.T) {
	const size = 1 << 20
	legs(t, func(t *testing.T, secure bool) {
		r := newRig(t, Options{})
		rnd := rand.NewChaCha8([32]byte{1})
		up, down := make([]byte, size), make([]byte, size)
		rnd.Read(up)
		rnd.Read(down)
		received := make(chan []byte, 1)
		gw := r.gateway(secure, func(conn net.Conn, in *bufio.Reader) {
			readHead(in)
			io.WriteString(conn, switching)
			go pieces(conn, down)
			got := make([]byte, size)
			io.ReadFull(in, got)
			received <- got
			in.ReadByte()
		})
		conn := r.connect(gw, secure)
		io.WriteString(conn, upgradeHead(gw))
		want(t, conn, switching)
		go pieces(conn, up)
		got := make([]byte, size)
		io.ReadFull(conn, got)
		if !bytes.Equal(got, down) {
			t.Error("bytes from the gateway were changed")
		}
		if !bytes.Equal(<-received, up) {
			t.Error("bytes from the client were changed")
		}
	})
}

// pieces writes b in writes of 1 to 40,000 bytes.
func pieces(w io.Writer, b []byte) {
	for n := 1; len(b) > 0; n = n*7%40_000 + 1 {
		n = min(n, len(b))
		w.Write(b[:n])
		b = b[n:]
	}
}
