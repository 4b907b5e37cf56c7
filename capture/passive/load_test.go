package passive

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"why403/capture"
	"why403/capture/packet"
	"why403/capture/pcapfile"
	"why403/capture/tlswire"
	"why403/capture/token"
	"why403/internal/synth"
)

// tape is the packets of a load, with the keys to read it.
type tape struct {
	mu      sync.Mutex
	packets []pcapfile.Packet
	keys    bytes.Buffer
}

func (tp *tape) add(at capture.Instant, s *packet.Segment) {
	raw := s.Append(nil)
	tp.mu.Lock()
	defer tp.mu.Unlock()
	tp.packets = append(tp.packets, pcapfile.Packet{Time: at, Link: pcapfile.Raw, Data: raw, Length: len(raw)})
}

// Write takes lines of a key log.
func (tp *tape) Write(b []byte) (int, error) {
	tp.mu.Lock()
	defer tp.mu.Unlock()
	return tp.keys.Write(b)
}

const echoed = 3 // text messages of each accepted socket

// load opens n sockets, of which every third is refused, and returns what a perfect
// capture would hold. A configuration of nil is a load without TLS.
func load(t *testing.T, conf *tls.Config, n int) *tape {
	t.Helper()
	gw := httptest.NewUnstartedServer(http.HandlerFunc(gateway))
	if conf != nil {
		gw.TLS = conf.Clone()
		gw.StartTLS()
	} else {
		gw.Start()
	}
	defer gw.Close()
	tp := &tape{}
	tap, err := synth.NewTap(gw.Listener.Addr().String(), tp.add)
	if err != nil {
		t.Fatal(err)
	}
	defer tap.Close()
	d := websocket.Dialer{}
	scheme := "ws"
	if conf != nil {
		scheme = "wss"
		d.TLSClientConfig = &tls.Config{InsecureSkipVerify: true, KeyLogWriter: tp, ClientSessionCache: tls.NewLRUClientSessionCache(1)}
	}
	bearer := grant(t, tap.Addr(), d.TLSClientConfig)
	for i := range n {
		dial(t, &d, fmt.Sprintf("%s://%s/ws?n=%d", scheme, tap.Addr(), i), bearer)
	}
	return tp
}

func gateway(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/oauth/token" {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"access_token":"an-opaque-token-of-some-length","token_type":"Bearer","expires_in":300}`)
		return
	}
	if strings.HasSuffix(r.URL.RawQuery, "0") || strings.HasSuffix(r.URL.RawQuery, "3") {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(403)
		io.WriteString(w, `{"error":"no"}`)
		return
	}
	up := websocket.Upgrader{}
	c, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer c.Close()
	for {
		kind, b, err := c.ReadMessage()
		if err != nil {
			return
		}
		c.WriteMessage(kind, b)
	}
}

// grant asks for a token.
func grant(t *testing.T, addr string, conf *tls.Config) string {
	t.Helper()
	scheme, tr := "http", &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", addr)
	}}
	if conf != nil {
		scheme, tr.TLSClientConfig = "https", conf
	}
	res, err := (&http.Client{Transport: tr}).Post(scheme+"://"+addr+"/oauth/token", "application/x-www-form-urlencoded",
		strings.NewReader("grant_type=client_credentials&client_id=load&client_secret=s3cr3t"))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	io.Copy(io.Discard, res.Body)
	return "an-opaque-token-of-some-length"
}

func dial(t *testing.T, d *websocket.Dialer, url, bearer string) {
	t.Helper()
	c, _, err := d.Dial(url, http.Header{"Authorization": {"Bearer " + bearer}})
	if err != nil {
		if err != websocket.ErrBadHandshake {
			t.Fatal(err)
		}
		return
	}
	defer c.Close()
	for range echoed {
		c.WriteMessage(websocket.TextMessage, []byte("hello"))
		c.ReadMessage()
	}
	c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "done"), time.Now().Add(time.Second))
	c.ReadMessage()
}

// refused is how many of n sockets the gateway refuses.
func refused(n int) (r int) {
	for i := range n {
		if i%10 == 0 || i%10 == 3 {
			r++
		}
	}
	return r
}

// observe reads packets as the command does.
func observe(t testing.TB, packets []pcapfile.Packet, keys []byte, opt Options) *capture.Run {
	t.Helper()
	if keys != nil {
		opt.Keys = tlswire.NewKeyLog(0)
		opt.Keys.Add(keys)
	}
	var c capture.Collector
	o := New(opt, token.NewKeeper(make([]byte, 32)), c.Put)
	for i := range packets {
		o.Packet(&packets[i])
	}
	o.Close()
	first, last := o.Span()
	run := c.Run(capture.Meta{Source: "pcap", Started: first, Ended: last})
	o.Join(run)
	if err := run.CheckValid(); err != nil {
		t.Error(err)
	}
	return run
}

// outcomes counts attempts.
func outcomes(run *capture.Run) map[capture.Outcome]int {
	n := map[capture.Outcome]int{}
	for _, u := range run.Upgrades {
		n[u.Outcome]++
	}
	return n
}
