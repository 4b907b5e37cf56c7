package proxy

import (
	"bytes"
	"context"
	"io"
	"net"
	"testing"
	"time"

	"why403/capture/token"
)

// FuzzRequests: what reaches the gateway does not depend on how the client's bytes
// were cut into reads, and nothing is lost or added but by the listed edits: with
// heads that need none, the bytes are the same.
func FuzzRequests(f *testing.F) {
	upgrade := upgradeHead("gw")
	for _, s := range []string{
		upgrade,
		upgrade + "\x81\x85\x01\x02\x03\x04iggmn",
		"GET / HTTP/1.1\r\nHost: gw\r\n\r\n" + upgrade,
		"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc" + upgrade,
		"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + upgrade,
		"GET http://gw/a HTTP/1.1\r\nProxy-A: 1\r\n\r\nGET http://gw HTTP/1.1\r\nProxy-B: 1\r\n\r\n",
		"\r\n\r\nGET / HTTP/1.1\n\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"not http at all",
	} {
		f.Add([]byte(s), byte(7))
	}
	f.Fuzz(func(t *testing.T, b []byte, step byte) {
		whole, over := sentFor(b, len(b)+1)
		cut, overCut := sentFor(b, int(step)+1)
		if over || overCut {
			return // a head was too large; how much came before depends on the reads
		}
		if !bytes.Equal(whole, cut) {
			t.Errorf("read at once, the gateway gets\n%q, and in pieces of %d\n%q", whole, int(step)+1, cut)
		}
		if len(whole) > len(b)+bytes.Count(b, []byte("://")) { // an empty path becomes "/"
			t.Errorf("of %d bytes %d reached the gateway", len(b), len(whole))
		}
		plain := !bytes.Contains(b, []byte("://")) && !bytes.Contains(bytes.ToLower(b), []byte("proxy-"))
		if plain && !bytes.HasPrefix(b, whole) {
			t.Errorf("%q reached the gateway as %q", b, whole)
		}
	})
}

// sentFor returns what a gateway that never answers gets for what a client sends in
// pieces of step bytes, and whether the tunnel was given up.
func sentFor(b []byte, step int) (sent []byte, over bool) {
	p := New(nil, token.NewKeeper(make([]byte, 32)), newSink(), Options{})
	gw, cl := new(bufferConn), new(bufferConn)
	c := p.newClient(cl)
	c.target, c.scheme = "gw:80", "http"
	t := p.newTunnel(c, end{Conn: c, tcp: c})
	t.server = end{Conn: gw, tcp: gw}
	r := requests{t: t, ctx: context.Background(), started: time.Now()}
	for len(b) > 0 {
		n := min(step, len(b))
		if r.feed(b[:n]) != nil {
			return gw.Bytes(), true
		}
		b = b[n:]
	}
	return gw.Bytes(), false
}

// bufferConn is a connection that keeps what is written and gives nothing.
type bufferConn struct{ bytes.Buffer }

func (*bufferConn) Read([]byte) (int, error)         { return 0, io.EOF }
func (*bufferConn) Close() error                     { return nil }
func (*bufferConn) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (*bufferConn) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (*bufferConn) SetDeadline(time.Time) error      { return nil }
func (*bufferConn) SetReadDeadline(time.Time) error  { return nil }
func (*bufferConn) SetWriteDeadline(time.Time) error { return nil }
