package proxy

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"

	socks "golang.org/x/net/proxy"

	"why403/capture"
)

// socksDial connects to target through the proxy with another's SOCKS client.
func (r *rig) socksDial(target string, auth *socks.Auth) (net.Conn, error) {
	dialer, err := socks.SOCKS5("tcp", r.addr, auth, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	conn, err := dialer.Dial("tcp", target)
	if err == nil {
		r.t.Cleanup(func() { conn.Close() })
	}
	return conn, err
}

// refusing is a gateway that answers each upgrade with a 403.
func (r *rig) refusing(secure bool) string {
	return r.gateway(secure, func(conn net.Conn, in *bufio.Reader) {
		for _, err := readHead(in); err == nil; _, err = readHead(in) {
			io.WriteString(conn, refusal)
		}
	})
}

const refusal = "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"

func TestSOCKS(t *testing.T) {
	legs(t, func(t *testing.T, secure bool) {
		r := newRig(t, Options{})
		gw := r.refusing(secure)
		conn, err := r.socksDial(gw, nil)
		if err != nil {
			t.Fatal(err)
		}
		if secure {
			conn = tls.Client(conn, &tls.Config{ServerName: "127.0.0.1", RootCAs: r.ca.pool()})
		}
		io.WriteString(conn, upgradeHead(gw))
		want(t, conn, refusal)
		u := r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Status == 403 })
		if u.Authority != gw || !u.Phases.ConnectRead.Seen() || !u.Phases.ConnectAnswered.Seen() {
			t.Errorf("recorded authority %q, phases %+v", u.Authority, u.Phases)
		}
	})
}

func TestSOCKSCredentials(t *testing.T) {
	r := newRig(t, Options{Credentials: "me:secret"})
	gw := r.refusing(false)
	for _, tt := range []struct {
		name string
		auth *socks.Auth
		ok   bool
	}{
		{"none", nil, false},
		{"wrong", &socks.Auth{User: "me", Password: "wrong"}, false},
		{"right", &socks.Auth{User: "me", Password: "secret"}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := r.socksDial(gw, tt.auth); (err == nil) != tt.ok {
				t.Errorf("dialling: %v", err)
			}
		})
	}
}

// TestSOCKSBytes looks at what is answered to what a client may send.
func TestSOCKSBytes(t *testing.T) {
	r := newRig(t, Options{})
	const hello, agreed = "\x05\x01\x00", "\x05\x00"
	reply := func(code string) string { return agreed + "\x05" + code + "\x00\x01\x00\x00\x00\x00\x00\x00" }
	for _, tt := range []struct{ name, sent, answer string }{
		{"no method in common", "\x05\x02\x01\x02", "\x05\xff"},
		{"bind", hello + "\x05\x02\x00\x01\x7f\x00\x00\x01\x00\x50", reply("\x07")},
		{"unknown address", hello + "\x05\x01\x00\x05", reply("\x08")},
		{"port 0", hello + "\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x00", reply("\x02")},
		{"no name", hello + "\x05\x01\x00\x03\x00\x00\x50", reply("\x02")},
		{"other version", hello + "\x04\x01\x00\x01\x7f\x00\x00\x01\x00\x50", agreed},
		{"cut short", hello + "\x05\x01\x00\x03\x05gw", agreed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			conn := r.dial()
			io.WriteString(conn, tt.sent)
			finish(conn)
			if got, err := io.ReadAll(conn); string(got) != tt.answer || err != nil {
				t.Errorf("answer %q (%v), want %q", got, err, tt.answer)
			}
		})
	}
}

// FuzzSOCKS: whatever a client sends, it gets SOCKS 5 or nothing, and the target is
// a host and a port.
func FuzzSOCKS(f *testing.F) {
	f.Add("\x05\x01\x00\x05\x01\x00\x03\x02gw\x01\xbbrest")
	f.Add("\x05\x01\x00\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x50")
	f.Add("\x05\x01\x02\x01\x02me\x06secret\x05\x01\x00\x04")
	open, closed := New(nil, nil, newSink(), Options{}), New(nil, nil, newSink(), Options{Credentials: "me:secret"})
	f.Fuzz(func(t *testing.T, in string) {
		for _, p := range []*Proxy{open, closed} {
			conn := new(bufferConn)
			c := &client{Conn: conn, p: p, unread: []byte(in)}
			target, err := p.socksTarget(c)
			host, port, serr := net.SplitHostPort(target)
			if err == nil && (serr != nil || host == "" || port == "0") {
				t.Errorf("%q leads to %q", in, target)
			}
			if p == closed && err == nil && !strings.Contains(in, "secret") {
				t.Errorf("%q is let in", in)
			}
			if out := conn.String(); out != "" && out[0] != socksVersion {
				t.Errorf("%q is answered with %q", in, out)
			}
		}
	})
}
