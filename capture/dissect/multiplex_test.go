package dissect

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"why403/capture"
)

// end2 is one end of an HTTP/2 connection, written with golang.org/x/net/http2.
type end2 struct {
	out, block bytes.Buffer
	enc        *hpack.Encoder
	*http2.Framer
}

func newEnd2() *end2 {
	e := &end2{}
	e.enc, e.Framer = hpack.NewEncoder(&e.block), http2.NewFramer(&e.out, nil)
	return e
}

// take returns what was written since the last take.
func (e *end2) take() string {
	defer e.out.Reset()
	return e.out.String()
}

func (e *end2) head(stream uint32, end bool, pairs ...string) string {
	e.block.Reset()
	for i := 0; i < len(pairs); i += 2 {
		e.enc.WriteField(hpack.HeaderField{Name: pairs[i], Value: pairs[i+1]})
	}
	e.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: e.block.Bytes(), EndHeaders: true, EndStream: end})
	return e.take()
}

func (e *end2) payload(stream uint32, end bool, text string) string {
	e.WriteData(stream, end, []byte(text))
	return e.take()
}

func (e *end2) reset(stream uint32, code http2.ErrCode) string {
	e.WriteRSTStream(stream, code)
	return e.take()
}

func (e *end2) away(last uint32, code http2.ErrCode) string {
	e.WriteGoAway(last, code, nil)
	return e.take()
}

func (e *end2) settings() string {
	e.WriteSettings(http2.Setting{ID: http2.SettingEnableConnectProtocol, Val: 1})
	return e.take()
}

func (e *end2) ask(stream uint32) string {
	return e.head(stream, false, ":method", "CONNECT", ":protocol", "websocket", ":scheme", "https", ":path", "/ws?token=tok-4711-abcdef", ":authority", "gw.example",
		"sec-websocket-version", "13", "origin", "https://app.example")
}

const preface2 = http2.ClientPreface

func TestHTTP2Upgrades(t *testing.T) {
	for _, tt := range []struct {
		name  string
		steps func(c, s *end2) []step
		check func(t *testing.T, us []*capture.Upgrade)
	}{
		{"accepted", func(c, s *end2) []step {
			return []step{got(s.settings()), sent(preface2 + c.settings() + c.ask(1)), got(s.head(1, false, ":status", "200") + s.payload(1, false, "\x89\x01p")),
				sent(c.payload(1, false, text) + c.payload(1, false, "\x8a\x81\x00\x00\x00\x00p")), got(s.payload(1, false, bye[:3]) + s.payload(1, true, bye[3:])), sent(c.payload(1, true, ""))}
		}, func(t *testing.T, us []*capture.Upgrade) {
			u := us[0]
			if u.Outcome != capture.Accepted || u.Status != 200 || u.Socket.Opened != 3*second || u.Phases.RequestSent != 2*second || u.Scheme != "wss" || u.Host != "gw.example" || !strings.HasPrefix(u.Target, "/ws?token=‹secret:") {
				t.Errorf("recorded %+v", u)
			}
			s, f := u.Socket, u.Socket.Counted()
			if s.EndedBy != capture.Gateway || s.How != capture.CloseFrame || s.CloseCode != 4403 || f.FromClient.Frames != 2 || f.FromServer.Frames != 2 || f.Pings != 1 || s.Closed != 6*second {
				t.Errorf("socket %+v, frames %+v", s, f)
			}
			if !strings.HasPrefix(string(u.RequestHead.Head()), "CONNECT /ws?token=‹secret:") || u.Token() != newKeeper().Fingerprint("tok-4711-abcdef") {
				t.Errorf("head %q", u.RequestHead.Head())
			}
		}},
		{"refused", func(c, s *end2) []step {
			return []step{sent(preface2 + c.ask(1)), got(s.settings() + s.head(1, false, ":status", "403", "server", "envoy")), got(s.payload(1, false, "tok-4711") + s.payload(1, true, "-abcdef?"))}
		}, func(t *testing.T, us []*capture.Upgrade) {
			u := us[0]
			if server, _ := u.ResponseHead.Get("Server"); u.Outcome != capture.Refused || u.Status != 403 || server != "envoy" || u.BodyBytes != 16 || strings.Contains(string(u.Body), "4711") || !strings.HasSuffix(string(u.Body), "›?") {
				t.Errorf("recorded %+v", u)
			}
			if u.Phases.ResponseHead != 2*second || u.Phases.ResponseEnd != 3*second {
				t.Errorf("phases %+v", u.Phases)
			}
		}},
		{"streams at once", func(c, s *end2) []step {
			return []step{sent(preface2 + c.ask(1) + c.ask(3) + c.ask(5)), got(s.head(5, true, ":status", "429") + s.head(1, false, ":status", "200") + s.reset(3, http2.ErrCodeRefusedStream)),
				ends(FromServer, capture.FIN), ends(FromClient, capture.FIN)}
		}, func(t *testing.T, us []*capture.Upgrade) {
			if us[0].Socket.How != capture.FIN || us[0].Socket.EndedBy != capture.Gateway || us[1].Outcome != capture.Dropped || !strings.Contains(us[1].Failure, "REFUSED_STREAM") || us[2].Status != 429 {
				t.Errorf("recorded %+v, %+v, %+v", us[0], us[1], us[2])
			}
		}},
		{"a subprotocol that was not offered", func(c, s *end2) []step {
			return []step{sent(preface2 + c.ask(1)), got(s.head(1, false, ":status", "200", "sec-websocket-protocol", "other"))}
		}, func(t *testing.T, us []*capture.Upgrade) {
			if us[0].Outcome != capture.Accepted || len(us[0].Oddities) != 1 || us[0].Oddities[0] != "subprotocol that was not offered" {
				t.Errorf("recorded %+v", us[0])
			}
		}},
		{"resets", func(c, s *end2) []step {
			return []step{sent(preface2 + c.ask(1) + c.ask(3)), got(s.head(1, false, ":status", "200")), sent(c.reset(3, http2.ErrCodeCancel) + c.reset(1, http2.ErrCodeCancel))}
		}, func(t *testing.T, us []*capture.Upgrade) {
			if us[0].Socket.How != capture.RST || us[0].Socket.EndedBy != capture.Client || us[1].Outcome != capture.ClientGone {
				t.Errorf("recorded %+v, %+v", us[0], us[1])
			}
		}},
		{"going away", func(c, s *end2) []step {
			return []step{sent(preface2 + c.ask(1) + c.ask(3)), got(s.away(1, http2.ErrCodeEnhanceYourCalm)), got(s.head(1, true, ":status", "503"))}
		}, func(t *testing.T, us []*capture.Upgrade) {
			if us[0].Status != 503 || us[1].Outcome != capture.Dropped || !strings.Contains(us[1].Failure, "ENHANCE_YOUR_CALM") {
				t.Errorf("recorded %+v, %+v", us[0], us[1])
			}
		}},
		{"bytes missing", func(c, s *end2) []step {
			return []step{sent(preface2 + c.ask(1) + c.ask(3)), got(s.head(1, false, ":status", "200")), gone(FromServer, 30), got(s.head(3, true, ":status", "200")),
				ends(FromServer, capture.FIN), ends(FromClient, capture.FIN)}
		}, func(t *testing.T, us []*capture.Upgrade) {
			if us[0].Outcome != capture.Accepted || us[0].Socket.How != "" || us[0].Socket.EndedBy != "" || us[1].Outcome != capture.Pending {
				t.Errorf("recorded %+v, %+v", us[0], us[1])
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, n := range []int{0, 1, 2, 3, 5, 8, 13, 100} {
				tt.check(t, play(t, n, tt.steps(newEnd2(), newEnd2())...).Upgrades)
			}
		})
	}
}

// TestHTTP2IsBounded: what streams make a connection hold is bounded, and given back.
func TestHTTP2IsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 20 s under the race detector")
	}
	var all capture.Collector
	c := New(Opening{ID: 1, Scheme: "https"}, newKeeper(), all.Put)
	client, server := newEnd2(), newEnd2()
	c.Data(FromClient, second, []byte(preface2))
	body := strings.Repeat("x ", 8000)
	const streams = maxUsed/capture.BodyLimit + 100
	for i := range uint32(streams) {
		c.Data(FromClient, second, []byte(client.ask(2*i+1)))
		c.Data(FromServer, second, []byte(server.head(2*i+1, false, ":status", "403")))
		for range 5 {
			c.Data(FromServer, second, []byte(server.payload(2*i+1, false, body)))
		}
	}
	if c.h2.used > maxUsed || c.h2.used < maxUsed/2 {
		t.Errorf("%d bytes held", c.h2.used)
	}
	for i := range uint32(streams) {
		c.Data(FromServer, second, []byte(server.payload(2*i+1, true, "")))
	}
	if c.h2.used != 0 {
		t.Errorf("%d bytes held for nothing", c.h2.used)
	}
	c.Close(second, capture.FIN)
	if r := all.Run(capture.Meta{}); len(r.Upgrades)+len(r.Losses) != streams {
		t.Errorf("%d upgrades and %d losses of %d streams", len(r.Upgrades), len(r.Losses), streams)
	}
}

// tee shows a side of a pipe to a Conn.
type tee struct {
	net.Conn
	mu *sync.Mutex
	c  *Conn
	at *capture.Instant
}

func (t tee) Read(b []byte) (int, error) {
	n, err := t.Conn.Read(b)
	t.show(FromServer, b[:n])
	return n, err
}

func (t tee) Write(b []byte) (int, error) {
	t.show(FromClient, b)
	return t.Conn.Write(b)
}

func (t tee) show(dir Dir, b []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	*t.at += second
	t.c.Data(dir, *t.at, b)
}

// TestHTTP2TokenRequest looks at a client and a server that were written by others.
func TestHTTP2TokenRequest(t *testing.T) {
	const secret = "s3cr3t-4711"
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"access_token":"issued-4711-abcdef","expires_in":60}`)
	})
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	server := httptest.NewUnstartedServer(handler)
	server.Config.Protocols = protocols
	server.Start()
	defer server.Close()
	var mu sync.Mutex
	var all capture.Collector
	var at capture.Instant
	c := New(Opening{ID: 1, Scheme: "https"}, newKeeper(), all.Put)
	client := &http.Transport{Protocols: protocols, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
		return tee{conn, &mu, c, &at}, err
	}}
	defer client.CloseIdleConnections()
	for range 3 {
		req, _ := http.NewRequest("POST", "http://id.example/oauth/token?x=y", strings.NewReader("grant_type=client_credentials&client_id=load&client_secret="+secret))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := client.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
	mu.Lock()
	defer mu.Unlock()
	c.Close(at, capture.FIN)
	r := all.Run(capture.Meta{})
	if len(r.TokenRequests) != 3 || len(r.Clock) != 3 || len(r.Losses) != 0 {
		t.Fatalf("recorded %+v", r)
	}
	for i, q := range r.TokenRequests {
		if q.Exchange != int64(i+1) || q.URL != "https://id.example/oauth/token" || q.ClientID != "load" || q.Status != 200 || q.Issued != newKeeper().Fingerprint("issued-4711-abcdef") || !q.Answered.Seen() || q.Done < q.Answered {
			t.Errorf("recorded %+v", q)
		}
	}
	texts(reflect.ValueOf(*r), func(s string) {
		if strings.Contains(s, "4711") {
			t.Errorf("a secret survives in %q", s)
		}
	})
}

// FuzzHTTP2: whatever an HTTP/2 connection carries, the run is valid and the same
// however the bytes are cut, and a token that the first upgrade carries as one is
// nowhere in clear. As a part of a host name alone it is none.
func FuzzHTTP2(f *testing.F) {
	c, s := newEnd2(), newEnd2()
	f.Add([]byte(c.settings()+c.ask(1)+c.ask(3)+c.payload(1, true, text)), []byte(s.head(1, false, ":status", "200")+s.payload(1, false, bye)+s.head(3, true, ":status", "403")), uint16(3), uint16(0))
	f.Add([]byte(c.ask(5)+c.reset(5, http2.ErrCodeCancel)), []byte(s.settings()+s.away(0, 0)), uint16(1), uint16(4))
	f.Fuzz(func(t *testing.T, client, server []byte, n, hole uint16) {
		if len(client)+len(server) > 1<<12 {
			t.Skip()
		}
		half := min(len(server), int(hole))
		steps := []step{sent(preface2 + string(client)), got(string(server[:half])), gone(FromServer, int64(hole%50)), got(string(server[half:])),
			sent(string(client)), ends(FromServer, capture.RST), ends(FromClient, capture.FIN)}
		whole, cut := play(t, 0, steps...), play(t, int(n%512)+1, steps...)
		if a, b := timeless(whole.Run), timeless(cut.Run); a != b {
			t.Errorf("whole\n%s\npieces of %d\n%s", a, n%512+1, b)
		}
		const secret = "tok-4711-abcdef"
		known := len(whole.Upgrades) > 0 && whole.Upgrades[0].Token() == newKeeper().Fingerprint(secret)
		if known && strings.Contains(fmt.Sprintf("%+v", whole.all), secret) {
			t.Error("the token survives")
		}
	})
}
