package proxy

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"why403/capture/token"
)

// patience bounds every wait of the tests; none should come near it.
const patience = 5 * time.Second

// rig is a running proxy.
type rig struct {
	t     testing.TB
	proxy *Proxy
	addr  string
	host  string // address of gateways
	sink  *sink
	ca    *authority // whom clients trust
	roots *authority // whom the proxy trusts
	stop  func()     // ends the proxy and waits; called at the end of the test
}

func newRig(t testing.TB, opt Options) *rig {
	t.Helper()
	return newRigOn(t, opt, func(_ *rig, ln net.Listener) net.Listener { return ln })
}

// newRigOn is newRig with a listener that wrap makes of an ordinary one. The rig does
// not serve yet when wrap is called, so that wrap can change it.
func newRigOn(t testing.TB, opt Options, wrap func(*rig, net.Listener) net.Listener) *rig {
	t.Helper()
	r := &rig{t: t, host: "127.0.0.1", sink: newSink(), ca: newAuthority(t), roots: newAuthority(t)}
	if opt.Roots == nil {
		opt.Roots = r.roots.pool()
	}
	if opt.Limits.ShutdownGrace == 0 {
		opt.Limits.ShutdownGrace = 50 * time.Millisecond
	}
	r.proxy = New(r.ca, token.NewKeeper(make([]byte, 32)), r.sink, opt)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.addr = ln.Addr().String()
	ln = wrap(r, ln)
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- r.proxy.Serve(ctx, ln) }()
	var once sync.Once
	r.stop = func() {
		once.Do(func() {
			cancel()
			select {
			case err := <-served:
				if err != nil {
					t.Errorf("Serve: %v", err)
				}
			case <-time.After(patience):
				t.Error("Serve did not return")
			}
		})
	}
	t.Cleanup(r.stop)
	return r
}

// gateway serves each connection with handle, which gets a buffered reader of it.
// It returns where it listens. The connection is closed when handle returns.
func (r *rig) gateway(secure bool, handle func(conn net.Conn, in *bufio.Reader)) string {
	r.t.Helper()
	ln, err := net.Listen("tcp", net.JoinHostPort(r.host, "0"))
	if err != nil {
		r.t.Fatal(err)
	}
	if secure {
		leaf, err := r.roots.Leaf(r.host)
		if err != nil {
			r.t.Fatal(err)
		}
		ln = tls.NewListener(ln, &tls.Config{Certificates: []tls.Certificate{*leaf}})
	}
	var conns sync.WaitGroup
	conns.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			conns.Go(func() {
				defer conn.Close()
				conn.SetDeadline(time.Now().Add(patience))
				handle(conn, bufio.NewReader(conn))
			})
		}
	})
	r.t.Cleanup(func() {
		ln.Close()
		r.stop()
		conns.Wait()
	})
	return ln.Addr().String()
}

// dial connects to the proxy.
func (r *rig) dial() net.Conn {
	r.t.Helper()
	conn, err := net.Dial("tcp", r.addr)
	if err != nil {
		r.t.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(patience))
	r.t.Cleanup(func() { conn.Close() })
	return conn
}

// connect opens a tunnel to target the way JMeter does, with TLS inside if secure.
func (r *rig) connect(target string, secure bool) net.Conn {
	r.t.Helper()
	conn := r.dial()
	io.WriteString(conn, "CONNECT "+target+" HTTP/1.1\r\nHost: gw\r\n\r\n")
	want(r.t, conn, "HTTP/1.1 200 Connection established\r\n\r\n")
	if !secure {
		return conn
	}
	host, _, _ := net.SplitHostPort(target)
	return r.secured(conn, host)
}

// secured speaks TLS on conn with the proxy, as with host.
func (r *rig) secured(conn net.Conn, host string) net.Conn {
	inner := tls.Client(conn, &tls.Config{ServerName: host, RootCAs: r.ca.pool()})
	if err := inner.Handshake(); err != nil {
		r.t.Fatalf("TLS with the proxy: %v", err)
	}
	return inner
}

// want reads exactly what is expected.
func want(t testing.TB, r io.Reader, expected string) {
	t.Helper()
	got := make([]byte, len(expected))
	n, err := io.ReadFull(r, got)
	if string(got[:n]) != expected {
		t.Fatalf("read %q (%v), want %q", got[:n], err, expected)
	}
}

// wantEnd reads to the end, where nothing is expected any more.
func wantEnd(t testing.TB, r io.Reader) {
	t.Helper()
	rest, err := io.ReadAll(r)
	if len(rest) > 0 || err != nil {
		t.Fatalf("after the end: %q, %v", rest, err)
	}
}

// readHead reads a head as it was sent.
func readHead(in *bufio.Reader) (string, error) {
	var head strings.Builder
	for {
		line, err := in.ReadString('\n')
		head.WriteString(line)
		if err != nil || line == "\r\n" {
			return head.String(), err
		}
	}
}

// finish sends close_notify, if there is TLS, and FIN.
func finish(conn net.Conn) {
	if secured, ok := conn.(*tls.Conn); ok {
		secured.CloseWrite()
		conn = secured.NetConn()
	}
	conn.(*net.TCPConn).CloseWrite()
}

// upgradeHead is an upgrade request to host, in origin form.
func upgradeHead(host string) string {
	return "GET /ws?x=1 HTTP/1.1\r\nHost: " + host + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
}

// switching is a valid answer to it.
const switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n" +
	"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

// isReset reports whether err shows an RST.
func isReset(err error) bool {
	return err != nil && !errors.Is(err, io.EOF) && bytes.Contains([]byte(err.Error()), []byte("reset"))
}
