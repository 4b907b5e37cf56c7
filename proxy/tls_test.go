package proxy

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"slices"
	"testing"

	"why403/capture"
)

// TestHelloMirrored: the gateway sees a server name and ALPN if the client sends
// them, and resumption if the client resumes.
func TestHelloMirrored(t *testing.T) {
	hellos := make(chan *tls.ClientHelloInfo, 10)
	var gw string
	r := newRig(t, Options{Dial: func(context.Context, string, string) (net.Conn, error) { return net.Dial("tcp", gw) }})
	leaf, _ := r.roots.Leaf("gw.test")
	config := &tls.Config{
		Certificates:       []tls.Certificate{*leaf},
		NextProtos:         []string{"http/1.1"},
		GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) { hellos <- h; return nil, nil },
	}
	resumed := make(chan bool, 10)
	gw = r.gateway(false, func(conn net.Conn, in *bufio.Reader) {
		secured := tls.Server(conn, config)
		readHead(bufio.NewReader(secured))
		resumed <- secured.ConnectionState().DidResume
		io.WriteString(secured, "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")
		in.ReadByte()
	})
	cache := tls.NewLRUClientSessionCache(1)
	for i, tt := range []struct {
		name   string
		client *tls.Config
		sni    string
		alpn   []string
		resume bool
	}{
		{"like Java to a bare name", &tls.Config{InsecureSkipVerify: true}, "", nil, false},
		{"with a name", &tls.Config{ServerName: "gw.test"}, "gw.test", nil, false},
		{"with ALPN", &tls.Config{ServerName: "gw.test", NextProtos: []string{"h2", "http/1.1"}}, "gw.test", []string{"h2", "http/1.1"}, false},
		{"first of two", &tls.Config{ServerName: "gw.test", ClientSessionCache: cache}, "gw.test", nil, false},
		{"resuming", &tls.Config{ServerName: "gw.test", ClientSessionCache: cache}, "gw.test", nil, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.client.RootCAs = r.ca.pool()
			conn := tls.Client(r.connect("gw.test:443", false), tt.client)
			io.WriteString(conn, upgradeHead("gw.test"))
			want(t, conn, "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")
			h := <-hellos
			if h.ServerName != tt.sni || !slices.Equal(h.SupportedProtos, tt.alpn) || h.SupportedCurves[0] != tls.X25519 {
				t.Errorf("the gateway saw name %q, ALPN %q, groups %v", h.ServerName, h.SupportedProtos, h.SupportedCurves)
			}
			if got := <-resumed; got != tt.resume {
				t.Errorf("resumed with the gateway: %v", got)
			}
			u := r.sink.upgrade(t, i, func(u *capture.Upgrade) bool { return u.Status == 403 })
			if u.ClientTLS.Resumed != tt.resume || u.ServerTLS.Resumed != tt.resume || u.ClientTLS.SNI != tt.sni || u.ServerTLS.SNI != tt.sni {
				t.Errorf("recorded %+v and %+v", u.ClientTLS, u.ServerTLS)
			}
			conn.Close()
		})
	}
}

// TestNoTrust: a client that does not take our certificate is counted.
func TestNoTrust(t *testing.T) {
	r := newRig(t, Options{})
	conn := tls.Client(r.connect("gw.test:443", false), &tls.Config{ServerName: "gw.test", RootCAs: newAuthority(t).pool()})
	if err := conn.Handshake(); err == nil {
		t.Fatal("the client trusts an authority that it does not know")
	}
	r.sink.wait(t, "loss", func(run *capture.Run) bool { return len(run.Losses) == 1 && run.Losses[0].Kind == capture.LostParse })
}

// TestShrink fails when crypto/tls changes, so that somebody looks again: until
// then the proxy does without.
func TestShrink(t *testing.T) {
	if len(shrinkable) != 2 {
		t.Error("tls.Conn does not have the buffers that shrink knows")
	}
}
