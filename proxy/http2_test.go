package proxy

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"testing"

	h2 "golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"why403/capture"
)

// block encodes header fields without a state (RFC 7541): each call with its own
// encoder, so that blocks do not depend on each other.
func block(pairs ...string) []byte {
	var b bytes.Buffer
	e := hpack.NewEncoder(&b)
	for i := 0; i < len(pairs); i += 2 {
		e.WriteField(hpack.HeaderField{Name: pairs[i], Value: pairs[i+1], Sensitive: true}) // never indexed
	}
	return b.Bytes()
}

// serve2 is a gateway that speaks HTTP/2: it answers the first request for a
// WebSocket with 200 and all others with 403, and echoes data.
func serve2(conn net.Conn) {
	in := bufio.NewReader(conn)
	if _, err := io.CopyN(io.Discard, in, int64(len(h2.ClientPreface))); err != nil {
		return
	}
	f := h2.NewFramer(conn, in)
	f.WriteSettings(h2.Setting{ID: h2.SettingEnableConnectProtocol, Val: 1})
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			return
		}
		switch frame := frame.(type) {
		case *h2.HeadersFrame:
			accepted := frame.StreamID == 1
			status := "403"
			if accepted {
				status = "200"
			}
			f.WriteHeaders(h2.HeadersFrameParam{StreamID: frame.StreamID, BlockFragment: block(":status", status), EndHeaders: true, EndStream: !accepted})
		case *h2.DataFrame:
			f.WriteData(frame.StreamID, frame.StreamEnded(), frame.Data())
		}
	}
}

// TestHTTP2 opens WebSockets in streams of one connection (RFC 8441), which reaches
// the gateway as it is, and is recorded.
func TestHTTP2(t *testing.T) {
	var gw string
	r := newRig(t, Options{Dial: func(context.Context, string, string) (net.Conn, error) { return net.Dial("tcp", gw) }})
	leaf, _ := r.roots.Leaf("gw.test")
	gw = r.gateway(false, func(conn net.Conn, _ *bufio.Reader) {
		serve2(tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{*leaf}, NextProtos: []string{"h2"}}))
	})
	conn := tls.Client(r.connect("gw.test:443", false), &tls.Config{ServerName: "gw.test", RootCAs: r.ca.pool(), NextProtos: []string{"h2", "http/1.1"}})
	io.WriteString(conn, h2.ClientPreface)
	f := h2.NewFramer(conn, conn)
	f.WriteSettings()
	for _, stream := range []uint32{1, 3} {
		f.WriteHeaders(h2.HeadersFrameParam{StreamID: stream, EndHeaders: true, BlockFragment: block(
			":method", "CONNECT", ":protocol", "websocket", ":scheme", "https", ":path", "/ws", ":authority", "gw.test", "sec-websocket-version", "13")})
	}
	r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Outcome == capture.Accepted })
	u := r.sink.upgrade(t, 1, func(u *capture.Upgrade) bool { return u.Outcome == capture.Refused && u.Status == 403 })
	if u.ServerTLS.ALPN != "h2" || u.ClientTLS.ALPN != "h2" {
		t.Errorf("recorded %+v and %+v", u.ClientTLS, u.ServerTLS)
	}
	if s := r.proxy.Stats(); s.Open != 1 || s.Answers[403] != 1 || s.Pending != 0 {
		t.Errorf("counted %+v", s)
	}
	f.WriteData(1, false, []byte("\x81\x85\x01\x02\x03\x04\x69\x67\x6f\x68\x6e")) // "hello", masked
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			t.Fatal(err)
		}
		if d, ok := frame.(*h2.DataFrame); ok {
			if string(d.Data()) != "\x81\x85\x01\x02\x03\x04\x69\x67\x6f\x68\x6e" {
				t.Errorf("data came back as %q", d.Data())
			}
			break
		}
	}
	conn.Close()
	r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Socket.Closed.Seen() })
	r.stop()
	if s := r.proxy.Stats(); s.Open != 0 {
		t.Errorf("%d still count as open", s.Open)
	}
}

// TestHTTP2Declined: a gateway that speaks HTTP/1.1 alone makes the proxy do the
// same, on the connection that the question was asked on.
func TestHTTP2Declined(t *testing.T) {
	var gw string
	dials := 0
	r := newRig(t, Options{Dial: func(context.Context, string, string) (net.Conn, error) { dials++; return net.Dial("tcp", gw) }})
	leaf, _ := r.roots.Leaf("gw.test")
	gw = r.gateway(false, func(conn net.Conn, _ *bufio.Reader) {
		secured := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{*leaf}, NextProtos: []string{"http/1.1"}})
		readHead(bufio.NewReader(secured))
		io.WriteString(secured, "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")
		secured.Read(make([]byte, 1))
	})
	conn := tls.Client(r.connect("gw.test:443", false), &tls.Config{ServerName: "gw.test", RootCAs: r.ca.pool(), NextProtos: []string{"h2", "http/1.1"}})
	io.WriteString(conn, upgradeHead("gw.test"))
	want(t, conn, "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")
	if got := conn.ConnectionState().NegotiatedProtocol; got != "http/1.1" || dials != 1 {
		t.Errorf("negotiated %q on %d connections", got, dials)
	}
	r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Status == 403 && u.Phases.Secured.Seen() })
}

// TestHTTP2Unreached: a client that offers HTTP/2 is told inside the tunnel, in
// HTTP/1.1, why the gateway cannot be reached.
func TestHTTP2Unreached(t *testing.T) {
	r := newRig(t, Options{Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.DNSError{Name: "gw.test", Err: "no such host"}
	}})
	conn := tls.Client(r.connect("gw.test:443", false), &tls.Config{ServerName: "gw.test", RootCAs: r.ca.pool(), NextProtos: []string{"h2", "http/1.1"}})
	io.WriteString(conn, upgradeHead("gw.test"))
	want(t, conn, "HTTP/1.1 502 ")
	r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Outcome == capture.Unreached })
}

// TestHTTP2LeavesNoConnection: a client that ends its handshake leaves no connection
// to the gateway behind.
func TestHTTP2LeavesNoConnection(t *testing.T) {
	var gw string
	r := newRig(t, Options{Dial: func(context.Context, string, string) (net.Conn, error) { return net.Dial("tcp", gw) }})
	leaf, _ := r.roots.Leaf("gw.test")
	left := make(chan error, 1)
	gw = r.gateway(false, func(conn net.Conn, _ *bufio.Reader) {
		secured := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{*leaf}, NextProtos: []string{"h2"}})
		_, err := secured.Read(make([]byte, 1))
		left <- err
	})
	// It trusts nobody, so it ends the handshake after our certificate.
	tls.Client(r.connect("gw.test:443", false), &tls.Config{ServerName: "gw.test", RootCAs: r.roots.pool(), NextProtos: []string{"h2"}}).Handshake()
	if err := <-left; err == nil || isTimeout(err) {
		t.Errorf("the gateway's connection ended with %v", err)
	}
}
