package proxy

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"strings"
	"syscall"
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

// TestServerTLSFails: each way in which the TLS handshake with the gateway fails
// is recorded with its phase, and the client gets an answer that says why.
func TestServerTLSFails(t *testing.T) {
	old := func(leaf *x509.Certificate) {
		leaf.NotBefore, leaf.NotAfter = time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour)
	}
	serverTLS := func(change func(*tls.Config)) func(*rig, net.Conn) {
		return func(r *rig, conn net.Conn) {
			leaf, _ := r.roots.Leaf("127.0.0.1")
			config := &tls.Config{Certificates: []tls.Certificate{*leaf}}
			change(config)
			secured := tls.Server(conn, config)
			secured.Handshake()
			io.Copy(io.Discard, secured)
		}
	}
	for _, tt := range []struct {
		name   string
		serve  func(*rig, net.Conn)
		status int
		why    string
	}{
		{"expired", func(r *rig, conn net.Conn) {
			serverTLS(func(c *tls.Config) { c.Certificates[0] = r.roots.sign(t, old) })(r, conn)
		}, 502, "has expired"},
		{"no common suite", serverTLS(func(c *tls.Config) {
			c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}
		}), 502, "handshake failure"},
		{"client certificate wanted, TLS 1.3", serverTLS(func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert }),
			502, "certificate required"},
		{"client certificate wanted, TLS 1.2", serverTLS(func(c *tls.Config) {
			c.MaxVersion, c.ClientAuth = tls.VersionTLS12, tls.RequireAnyClientCert
		}), 502, "handshake failure"},
		{"no TLS", func(_ *rig, conn net.Conn) { io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n") },
			502, "does not look like a TLS handshake"},
		{"closed", func(_ *rig, conn net.Conn) {
			readSome(conn)
			finish(conn)
			io.Copy(io.Discard, conn)
		}, 502, "EOF"},
		{"reset", func(_ *rig, conn net.Conn) { readSome(conn); abort(conn) }, 502, "reset"},
		{"silent", func(_ *rig, conn net.Conn) { io.Copy(io.Discard, conn) }, 504, "timed out"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, Options{Limits: Limits{ServerTLS: 100 * time.Millisecond}})
			gw := r.gateway(false, func(conn net.Conn, in *bufio.Reader) { tt.serve(r, conn) })
			conn := r.connect(gw, true)
			io.WriteString(conn, upgradeHead(gw))
			u := r.wantUnreached(conn, tt.status, tt.why)
			if p := u.Phases; !p.Dialed.Seen() || p.RequestSent.Seen() {
				t.Errorf("phases %+v", p)
			}
			if !strings.Contains(u.Failure, "TLS handshake") {
				t.Errorf("failure %q does not name the phase", u.Failure)
			}
		})
	}
}

func readSome(conn net.Conn) { conn.Read(make([]byte, 1)) }

// sign makes a leaf for 127.0.0.1 that change has changed.
func (a *authority) sign(t testing.TB, change func(*x509.Certificate)) tls.Certificate {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(99), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	change(template)
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, a.leaf.Public().(*ecdsa.PublicKey), a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: a.leaf}
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

// shortOf is a listener that has no descriptors for its first n clients.
type shortOf struct {
	net.Listener
	n int
}

func (l *shortOf) Accept() (net.Conn, error) {
	if l.n > 0 {
		l.n--
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: os.NewSyscallError("accept4", syscall.EMFILE)}
	}
	return l.Listener.Accept()
}

// TestNoDescriptorsToAccept: accepting pauses and goes on, and the run says so. What
// was not accepted takes no place.
func TestNoDescriptorsToAccept(t *testing.T) {
	r := newRigOn(t, Options{Limits: Limits{Connections: 1}}, func(_ *rig, ln net.Listener) net.Listener { return &shortOf{ln, 2} })
	gw := r.gateway(false, func(conn net.Conn, in *bufio.Reader) { io.Copy(conn, in) })
	conn := r.connect(gw, false)
	io.WriteString(conn, "\x00echo")
	want(t, conn, "\x00echo")
	r.sink.wait(t, "loss", func(run *capture.Run) bool {
		return len(run.Losses) > 0 && run.Losses[0].Kind == capture.LostRefused && strings.Contains(run.Losses[0].Detail, "descriptors")
	})
}

// TestConnectionsFull: with all the connections that descriptors allow, clients
// wait to be accepted, and what is open goes on.
func TestConnectionsFull(t *testing.T) {
	r := newRig(t, Options{Limits: Limits{Connections: 1}})
	gw := r.gateway(false, func(conn net.Conn, in *bufio.Reader) { io.Copy(conn, in) })
	first := r.connect(gw, false)
	io.WriteString(first, "\x00one")
	want(t, first, "\x00one")
	second := r.dial()
	io.WriteString(second, "CONNECT "+gw+" HTTP/1.1\r\n\r\n")
	r.sink.wait(t, "note", func(run *capture.Run) bool {
		return len(run.Notes) == 1 && strings.Contains(run.Notes[0].Text, "accepting pauses: 1 connections")
	})
	io.WriteString(first, "\x00two")
	want(t, first, "\x00two")
	if s := r.proxy.Stats(); s.Connections != 1 {
		t.Errorf("%d connections accepted, want 1", s.Connections)
	}
	first.Close()
	want(t, second, "HTTP/1.1 200 Connection established\r\n\r\n")
	second.Close()
}

// TestStopWhileFull: a proxy that waits for room stops when told to.
func TestStopWhileFull(t *testing.T) {
	r := newRig(t, Options{Limits: Limits{Connections: 1}})
	r.connect("127.0.0.1:1", false)
	r.stop()
}
