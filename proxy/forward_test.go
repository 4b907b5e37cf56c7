package proxy

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"why403/capture"
)

// tokenRequest is what JMeter sends through a proxy for a token over http.
func tokenRequest(host string) string {
	const form = "grant_type=client_credentials&client_id=load&client_secret=s3cret"
	return fmt.Sprintf("POST http://%s/oauth/token HTTP/1.1\r\nHost: %s\r\nProxy-Connection: Keep-Alive\r\n"+
		"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", host, host, len(form), form)
}

const issued = `{"access_token":"opaque-token-value-1234567890","token_type":"Bearer","expires_in":300}`

// issue answers token requests until the connection ends, and reports each head.
func issue(heads chan<- string) func(net.Conn, *bufio.Reader) {
	return func(conn net.Conn, in *bufio.Reader) {
		for {
			head, err := readHead(in)
			if err != nil {
				return
			}
			heads <- conn.RemoteAddr().String() + "\n" + head
			if strings.HasPrefix(head, "GET ") {
				io.WriteString(conn, switching)
				in.ReadByte()
				return
			}
			in.Discard(65)
			fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(issued), issued)
		}
	}
}

// TestTokenRequest: two requests of one client go out over one connection, as
// they are but for what belongs to the proxy, and are recorded.
func TestTokenRequest(t *testing.T) {
	r := newRig(t, Options{})
	heads := make(chan string, 10)
	gw := r.gateway(false, issue(heads))
	conn := r.dial()
	in := bufio.NewReader(conn)
	var peers [2]string
	for i := range peers {
		io.WriteString(conn, tokenRequest(gw))
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != 200 || string(body) != issued {
			t.Errorf("answer %v %q", resp.Status, body)
		}
		var head string
		peers[i], head, _ = strings.Cut(<-heads, "\n")
		if !strings.HasPrefix(head, "POST /oauth/token HTTP/1.1\r\n") || strings.Contains(head, "Proxy-") || strings.Contains(head, "User-Agent") {
			t.Errorf("the gateway received %q", head)
		}
	}
	if peers[0] != peers[1] {
		t.Errorf("two connections for one client: %v", peers)
	}
	run := r.sink.wait(t, "token requests", func(run *capture.Run) bool { return len(run.TokenRequests) == 2 })
	for _, req := range run.TokenRequests {
		if req.Status != 200 || req.GrantType != "client_credentials" || req.Issued == "" || req.ExpiresIn != 300*time.Second ||
			req.Client.String() != conn.LocalAddr().String() || req.Server.String() != gw {
			t.Errorf("recorded %+v", req)
		}
	}
	if len(run.Upgrades) != 0 {
		t.Errorf("recorded %d upgrades", len(run.Upgrades))
	}
}

// TestUpgradeInAbsoluteForm goes to the gateway in origin form, without CONNECT.
func TestUpgradeInAbsoluteForm(t *testing.T) {
	r := newRig(t, Options{})
	heads := make(chan string, 10)
	gw := r.gateway(false, issue(heads))
	conn := r.dial()
	io.WriteString(conn, strings.Replace(upgradeHead(gw), "GET /", "GET http://"+gw+"/", 1))
	want(t, conn, switching)
	if _, head, _ := strings.Cut(<-heads, "\n"); head != upgradeHead(gw) {
		t.Errorf("the gateway received %q", head)
	}
	u := r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Outcome == capture.Accepted })
	if u.Authority != gw || u.Scheme != "ws" {
		t.Errorf("recorded %+v", u)
	}
}

// TestDivert: on a connection that began with a token request come an upgrade in
// absolute form, or a CONNECT and an upgrade in its tunnel.
func TestDivert(t *testing.T) {
	for _, how := range []string{"upgrade", "connect", "connect pipelined"} {
		t.Run(how, func(t *testing.T) {
			r := newRig(t, Options{})
			heads := make(chan string, 10)
			gw := r.gateway(false, issue(heads))
			conn := r.dial()
			io.WriteString(conn, tokenRequest(gw))
			in := bufio.NewReader(conn)
			resp, err := http.ReadResponse(in, nil)
			if err != nil {
				t.Fatal(err)
			}
			io.Copy(io.Discard, resp.Body)
			first, _, _ := strings.Cut(<-heads, "\n")
			upgrade := strings.Replace(upgradeHead(gw), "Upgrade: ", "X-b: 1\r\nx-A: 2\r\nuPGRADE: ", 1)
			const established = "HTTP/1.1 200 Connection established\r\n\r\n"
			switch how {
			case "upgrade":
				io.WriteString(conn, strings.Replace(upgrade, "GET /", "GET http://"+gw+"/", 1))
			case "connect":
				io.WriteString(conn, "CONNECT "+gw+" HTTP/1.1\r\nHost: gw\r\n\r\n")
				want(t, in, established)
				io.WriteString(conn, upgrade)
			case "connect pipelined":
				io.WriteString(conn, "CONNECT "+gw+" HTTP/1.1\r\nHost: gw\r\n\r\n"+upgrade)
				want(t, in, established)
			}
			want(t, in, switching)
			second, head, _ := strings.Cut(<-heads, "\n")
			if head != upgrade {
				t.Errorf("the gateway received %q, want %q", head, upgrade)
			}
			if first == second {
				t.Error("the upgrade went out over goproxy's connection")
			}
			r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Outcome == capture.Accepted })
		})
	}
}

// TestForwardUnreached: an error of goproxy's transport is a 502 with the reason.
func TestForwardUnreached(t *testing.T) {
	r := newRig(t, Options{Dial: func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no way there") }})
	conn := r.dial()
	io.WriteString(conn, tokenRequest("id.test"))
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != 502 || resp.Header.Get("Server") != "why403" || !strings.Contains(string(body), "no way there") {
		t.Errorf("answer %v %v %q", resp.Status, resp.Header, body)
	}
}

// TestNotForUs: who takes the proxy for a server is told what it is.
func TestNotForUs(t *testing.T) {
	r := newRig(t, Options{})
	for sent, status := range map[string]string{
		"GET / HTTP/1.1\r\nHost: 127.0.0.1:8403\r\n\r\n": "HTTP/1.1 200 ",
		upgradeHead("127.0.0.1:8403"):                    "HTTP/1.1 421 ",
		"GET https://gw/ HTTP/1.1\r\nHost: gw\r\n\r\n":   "HTTP/1.1 501 ",
		"CONNECT gw HTTP/1.1\r\nHost: gw\r\n\r\n":        "HTTP/1.1 400 ",
		"\x16\x03\x01\x00\n\n":                           "HTTP/1.1 400 ",
	} {
		conn := r.dial()
		io.WriteString(conn, sent)
		answer, _ := io.ReadAll(conn)
		if !strings.HasPrefix(string(answer), status) {
			t.Errorf("%q was answered with %q", sent, answer)
		}
	}
}
