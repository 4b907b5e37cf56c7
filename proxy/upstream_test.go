package proxy

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/netip"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"why403/capture"
)

func TestParsePin(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want Pin
		ok   bool
	}{
		{"gw.test:443:10.0.0.1", Pin{"gw.test:443", netip.MustParseAddr("10.0.0.1")}, true},
		{"GW.test:443:[::1]", Pin{"gw.test:443", netip.MustParseAddr("::1")}, true},
		{"gw.test:443:::1", Pin{"gw.test:443", netip.MustParseAddr("::1")}, true},
		{"gw.test:10.0.0.1", Pin{}, false},
		{"gw.test:0:10.0.0.1", Pin{}, false},
		{"gw.test:443:gw2.test", Pin{}, false},
		{":443:10.0.0.1", Pin{}, false},
	} {
		if got, err := ParsePin(tt.in); got != tt.want || (err == nil) != tt.ok {
			t.Errorf("%q: %+v, error %v", tt.in, got, err)
		}
	}
}

// TestPins: a pinned name is not looked up.
func TestPins(t *testing.T) {
	var target string
	r := newRigOn(t, Options{Resolver: &net.Resolver{PreferGo: true}}, func(r *rig, ln net.Listener) net.Listener {
		_, port, _ := net.SplitHostPort(r.refusing(false))
		target = "GW.test:" + port
		r.proxy.opt.Pins = []Pin{{"gw.test:" + port, netip.MustParseAddr("127.0.0.1")}}
		return ln
	})
	conn := r.connect(target, false)
	io.WriteString(conn, upgradeHead("gw.test"))
	want(t, conn, refusal)
	u := r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Status == 403 })
	if u.Phases.ResolveStart.Seen() || !u.Phases.Resolved.Seen() || u.Authority != target {
		t.Errorf("phases %+v, authority %q", u.Phases, u.Authority)
	}
}

// TestSources: the gateway sees the addresses in turns, and the record has them.
func TestSources(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has all of 127.0.0.0/8")
	}
	r := newRig(t, Options{Sources: []netip.Addr{netip.MustParseAddr("::1"), netip.MustParseAddr("127.0.0.2"), netip.MustParseAddr("127.0.0.3")}})
	gw := r.refusing(true)
	for i := range 4 {
		conn := r.connect(gw, true)
		io.WriteString(conn, upgradeHead(gw))
		want(t, conn, refusal)
		u := r.sink.upgrade(t, i, func(u *capture.Upgrade) bool { return u.Status == 403 })
		if want := []string{"127.0.0.3", "127.0.0.2"}[i%2]; u.Source.Addr().String() != want {
			t.Errorf("connection %d from %v, want %s", i, u.Source, want)
		}
	}
}

// TestPortsRunOut: the run says so once, before they have, and forgets what closed.
func TestPortsRunOut(t *testing.T) {
	r := newRigOn(t, Options{}, func(r *rig, ln net.Listener) net.Listener {
		r.proxy.ports.capacity = 10
		return ln
	})
	gw := r.refusing(false)
	open := func() net.Conn {
		conn := r.connect(gw, false)
		io.WriteString(conn, upgradeHead(gw))
		want(t, conn, refusal)
		return conn
	}
	for range 20 {
		conn := open()
		finish(conn)
		wantEnd(t, conn)
		r.proxy.conns.waitEmpty(t)
	}
	run, _ := r.sink.run()
	if len(run.Notes) > 0 {
		t.Fatalf("with one open at a time: %v", run.Notes)
	}
	for range 10 {
		open()
	}
	run, _ = r.sink.run()
	if len(run.Notes) != 1 || !strings.HasPrefix(run.Notes[0].Text, "9 of the 10 local ports towards "+gw) {
		t.Errorf("with ten open: %v", run.Notes)
	}
}

// TestVia goes through another proxy, one of our own, which asks for credentials.
func TestVia(t *testing.T) {
	for _, scheme := range []string{"http", "socks5"} {
		t.Run(scheme, func(t *testing.T) {
			legs(t, func(t *testing.T, secure bool) {
				other := newRig(t, Options{Credentials: "me:se cret", Hosts: []string{"none"}})
				via := &url.URL{Scheme: scheme, Host: other.addr, User: url.UserPassword("me", "se cret")}
				r := newRig(t, Options{Via: via})
				gw := r.refusing(secure)
				conn := r.connect(gw, secure)
				io.WriteString(conn, upgradeHead(gw))
				want(t, conn, refusal)
				u := r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Status == 403 })
				if u.Server.String() != other.addr || u.Authority != gw {
					t.Errorf("recorded server %v, authority %q", u.Server, u.Authority)
				}
				conn.Close()
				r.stop()
			})
		})
	}
}

// TestViaFails: the client is told that it was the other proxy.
func TestViaFails(t *testing.T) {
	other := newRig(t, Options{Credentials: "me:secret"})
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for _, tt := range []struct{ name, scheme, addr, why string }{
		{"407", "http", other.addr, "answered CONNECT with 407"},
		{"SOCKS password", "socks5", other.addr, "socks"},
		{"refused", "http", closed.Addr().String(), "connection refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, Options{Via: &url.URL{Scheme: tt.scheme, Host: tt.addr}})
			conn := r.connect("gw.test:443", true)
			io.WriteString(conn, upgradeHead("gw.test"))
			u := r.wantUnreached(conn, 502, tt.why)
			if !strings.Contains(u.Failure, `through proxy "`+tt.addr) {
				t.Errorf("failure %q does not name the proxy", u.Failure)
			}
		})
	}
}

func TestParseVia(t *testing.T) {
	for in, ok := range map[string]bool{
		"http://a:1": true, "socks5://u:p@a:1": true, "socks5h://a:1/": true,
		"https://a:1": false, "a:1": false, "http://a": false, "http://:1": false, "http://u:secret@%": false,
	} {
		_, err := ParseVia(in)
		if (err == nil) != ok || err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// TestClientCertificate: a gateway that wants one gets it.
func TestClientCertificate(t *testing.T) {
	var r *rig
	shown := make(chan int, 1)
	r = newRigOn(t, Options{}, func(r *rig, ln net.Listener) net.Listener {
		r.proxy.opt.ClientCertificates = []tls.Certificate{r.roots.sign(t, func(*x509.Certificate) {})}
		return ln
	})
	leaf, _ := r.roots.Leaf("127.0.0.1")
	config := &tls.Config{Certificates: []tls.Certificate{*leaf}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: r.roots.pool()}
	gw := r.gateway(false, func(conn net.Conn, _ *bufio.Reader) {
		secured := tls.Server(conn, config)
		readHead(bufio.NewReader(secured))
		shown <- len(secured.ConnectionState().PeerCertificates)
		io.WriteString(secured, refusal)
		io.Copy(io.Discard, secured)
	})
	conn := r.connect(gw, true)
	io.WriteString(conn, upgradeHead(gw))
	want(t, conn, refusal)
	if n := <-shown; n != 1 {
		t.Errorf("%d certificates shown", n)
	}
}
