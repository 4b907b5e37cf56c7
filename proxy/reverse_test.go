package proxy

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"why403/capture"
)

func TestParseUpstream(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want Upstream
		err  string
	}{
		{"wss://gw.test", Upstream{true, "gw.test:443"}, ""},
		{"ws://gw.test:8080/", Upstream{false, "gw.test:8080"}, ""},
		{"https://[::1]:1", Upstream{true, "[::1]:1"}, ""},
		{"http://gw.test", Upstream{false, "gw.test:80"}, ""},
		{"gw.test:443", Upstream{}, "want wss://host[:port] and no more"},
		{"ftp://gw.test", Upstream{}, "scheme is none of"},
		{"wss://gw.test/path", Upstream{}, "and no more"},
		{"wss://me@gw.test", Upstream{}, "and no more"},
		{"wss://%", Upstream{}, "not a URL"},
	} {
		got, err := ParseUpstream(tt.in)
		if got != tt.want || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%q: %+v, error %v, want %+v, error %q", tt.in, got, err, tt.want, tt.err)
		}
	}
}

// newReverse is a rig that stands in as what upstreams returns.
func newReverse(t *testing.T, upstreams func(*rig) []Upstream) *rig {
	return newRigOn(t, Options{}, func(r *rig, ln net.Listener) net.Listener {
		r.proxy.opt.Reverse = upstreams(r)
		return ln
	})
}

// TestReverse: clients that take the proxy for the gateway, over TLS or not, reach
// a gateway with TLS or without.
func TestReverse(t *testing.T) {
	for _, tt := range []struct {
		name           string
		client, server bool // speak TLS
	}{{"ws to ws", false, false}, {"ws to wss", false, true}, {"wss to wss", true, true}, {"wss to ws", true, false}} {
		t.Run(tt.name, func(t *testing.T) {
			var up Upstream
			heads := make(chan string, 2)
			r := newReverse(t, func(r *rig) []Upstream {
				up = Upstream{tt.server, r.gateway(tt.server, func(conn net.Conn, in *bufio.Reader) {
					head, _ := readHead(in)
					heads <- head
					io.WriteString(conn, switching+"\x81\x02hi")
					in.ReadByte()
				})}
				return []Upstream{up}
			})
			conn := r.dial()
			if tt.client {
				conn = tls.Client(conn, &tls.Config{ServerName: "127.0.0.1", RootCAs: r.ca.pool()})
			}
			io.WriteString(conn, upgradeHead(r.addr))
			want(t, conn, switching+"\x81\x02hi")
			if head := <-heads; head != upgradeHead(up.Target) {
				t.Errorf("the gateway got %q", head)
			}
			u := r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Status == 101 })
			scheme := map[bool]string{false: "ws", true: "wss"}[tt.server]
			if u.Authority != up.Target || u.Scheme != scheme || len(u.Edits) != 1 || (u.ClientTLS != nil) != tt.client || (u.ServerTLS != nil) != tt.server {
				t.Errorf("recorded %s to %q, edits %q, TLS %v and %v", u.Scheme, u.Authority, u.Edits, u.ClientTLS, u.ServerTLS)
			}
		})
	}
}

// TestReverseTurns: connections go to the upstreams in turns.
func TestReverseTurns(t *testing.T) {
	r := newReverse(t, func(r *rig) []Upstream {
		return []Upstream{{Target: r.refusing(false)}, {Target: r.refusing(false)}}
	})
	for i := range 4 {
		conn := r.dial()
		io.WriteString(conn, upgradeHead("gw.test"))
		want(t, conn, refusal)
		u := r.sink.upgrade(t, i, func(u *capture.Upgrade) bool { return u.Status == 403 })
		if target := r.proxy.opt.Reverse[i%2].Target; u.Server.String() != target || u.Host != "gw.test" || len(u.Edits) > 0 {
			t.Errorf("connection %d went to %v, host %q, edits %q", i, u.Server, u.Host, u.Edits)
		}
	}
}

// TestCredentials: who does not show them gets 407, whatever is asked for.
func TestCredentials(t *testing.T) {
	r := newRig(t, Options{Credentials: "me:secret"})
	gw := r.refusing(false)
	const right, wrong = "Proxy-Authorization: basic bWU6c2VjcmV0\r\n", "Proxy-Authorization: Basic bWU6d3Jvbmc=\r\n"
	upgrade := strings.Replace(upgradeHead(gw), "/ws?x=1", "http://"+gw+"/ws", 1)
	for _, tt := range []struct{ name, head string }{
		{"CONNECT", "CONNECT " + gw + " HTTP/1.1\r\n\r\n"},
		{"upgrade", upgrade},
		{"plain", "GET http://" + gw + "/ HTTP/1.1\r\nHost: " + gw + "\r\n\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for fields, admitted := range map[string]bool{"": false, wrong: false, "Proxy-Authorization: Bearer me:secret\r\n": false, right: true} {
				conn := r.dial()
				io.WriteString(conn, strings.TrimSuffix(tt.head, "\r\n")+fields+"\r\n")
				resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
				if err != nil {
					t.Fatal(err)
				}
				if challenged := resp.StatusCode == 407 && resp.Header.Get("Proxy-Authenticate") != ""; challenged == admitted {
					t.Errorf("with %q: %s", fields, resp.Status)
				}
				conn.Close()
			}
		})
	}
	// A client of Go's, which finds its credentials in the URL of the proxy.
	proxyURL := &url.URL{Scheme: "http", Host: r.addr, User: url.UserPassword("me", "secret")}
	tr := &http.Transport{Proxy: http.ProxyURL(proxyURL), DisableKeepAlives: true}
	resp, err := (&http.Client{Transport: tr}).Get("http://" + gw)
	if err != nil || resp.StatusCode != 403 {
		t.Fatalf("%v, %v", resp, err)
	}
	resp.Body.Close()
}
