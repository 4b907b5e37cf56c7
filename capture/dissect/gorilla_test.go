package dissect

import (
	"compress/gzip"
	"context"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"why403/capture"
)

// beside dials addr and shows the connection to a new Conn. The function it returns
// ends the recording.
func beside(t *testing.T, addr string) (dial func(context.Context, string, string) (net.Conn, error), run func() *capture.Run) {
	var mu sync.Mutex
	var all capture.Collector
	at := capture.At(time.Now())
	c := New(Opening{ID: 1, Scheme: "http"}, newKeeper(), all.Put)
	dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, addr)
		return tee{conn, &mu, c, &at}, err
	}
	return dial, func() *capture.Run {
		mu.Lock()
		defer mu.Unlock()
		c.End(FromServer, at, capture.FIN)
		c.End(FromClient, at, capture.FIN)
		r := all.Run(capture.Meta{})
		if err := r.CheckValid(); err != nil {
			t.Error(err)
		}
		return r
	}
}

// TestBesideGorilla compares what is recorded of a WebSocket with what both ends, that
// were written by others, say that they sent.
func TestBesideGorilla(t *testing.T) {
	for name, compressed := range map[string]bool{"plain": false, "compressed": true} {
		t.Run(name, func(t *testing.T) {
			upgrader := websocket.Upgrader{EnableCompression: compressed, WriteBufferSize: 512} // which cuts messages in fragments
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				conn, err := upgrader.Upgrade(w, r, http.Header{"X-Gateway": {"g"}})
				if err != nil {
					return
				}
				defer conn.Close()
				for {
					kind, b, err := conn.ReadMessage()
					if err != nil {
						return
					}
					conn.WriteMessage(kind, b)
				}
			}))
			defer server.Close()
			dial, run := beside(t, server.Listener.Addr().String())
			dialer := websocket.Dialer{NetDialContext: dial, EnableCompression: compressed, WriteBufferSize: 700, Subprotocols: []string{"bearer", "tok-4711-abcdef"}}
			conn, _, err := dialer.Dial("ws://gw.example/ws?access_token=query-4711-abcdef", nil)
			if err != nil {
				t.Fatal(err)
			}
			rnd := rand.New(rand.NewPCG(1, 2))
			texts, binaries, bytes := int64(0), int64(0), int64(0)
			for i := range 40 {
				kind, size := websocket.TextMessage, rnd.IntN(5000)
				if texts++; i%3 == 1 {
					kind = websocket.BinaryMessage
					texts, binaries = texts-1, binaries+1
				}
				if i%5 == 2 {
					conn.WriteControl(websocket.PingMessage, []byte{byte(i)}, time.Time{})
				}
				bytes += int64(size)
				conn.WriteMessage(kind, []byte(strings.Repeat("m", size)))
				if _, b, err := conn.ReadMessage(); err != nil || len(b) != size {
					t.Fatalf("echo of %d bytes: %v", len(b), err)
				}
			}
			conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(4001, "enough"), time.Time{})
			conn.ReadMessage()
			conn.Close()
			u := run().Upgrades[0]
			s := u.Socket
			f := s.Counted()
			if f.FromClient.Text != texts || f.FromClient.Binary != binaries || f.FromServer.Text != texts || f.FromServer.Binary != binaries || f.Pings != 8 {
				t.Errorf("recorded %+v, sent %d texts and %d binaries", f, texts, binaries)
			}
			if !compressed && (f.FromServer.Bytes != bytes+8+2 || f.FromClient.Bytes != bytes+8+8) { // pings and pongs, Close frames
				t.Errorf("recorded %d bytes from the server, %d from the client, sent %d", f.FromServer.Bytes, f.FromClient.Bytes, bytes)
			}
			if s.How != capture.CloseFrame || s.EndedBy != capture.Client || s.CloseCode != 4001 || s.CloseReason != "enough" || len(u.Oddities) > 1 {
				t.Errorf("ended %+v, oddities %q", s, u.Oddities)
			}
			if len(u.Credentials) != 2 || u.Credentials[0].Place != "subprotocol" || u.Credentials[1].Place != "query:access_token" {
				t.Errorf("credentials %+v", u.Credentials)
			}
		})
	}
}

// TestBesideNetHTTP reads refusals as net/http writes them.
func TestBesideNetHTTP(t *testing.T) {
	const body = "{\"message\":\"no room for tok-4711-abcdef\"}"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/gzip":
			w.Header().Set("Content-Encoding", "gzip")
			w.WriteHeader(403)
			z := gzip.NewWriter(w)
			io.WriteString(z, body)
			z.Close()
		case "/chunked":
			w.WriteHeader(403)
			io.WriteString(w, body[:10])
			w.(http.Flusher).Flush()
			io.WriteString(w, body[10:])
		default:
			w.Header().Set("Connection", "close")
			w.WriteHeader(403)
			io.WriteString(w, body)
		}
	}))
	defer server.Close()
	for _, path := range []string{"/", "/chunked", "/gzip"} {
		dial, run := beside(t, server.Listener.Addr().String())
		dialer := websocket.Dialer{NetDialContext: dial}
		_, res, err := dialer.Dial("ws://gw.example"+path, http.Header{"Authorization": {"Bearer tok-4711-abcdef"}})
		if err == nil {
			t.Fatal("accepted")
		}
		io.Copy(io.Discard, res.Body)
		u := run().Upgrades[0]
		want := "{\"message\":\"no room for ‹secret:" + string(newKeeper().Fingerprint("tok-4711-abcdef")) + ":15›\"}"
		if u.Outcome != capture.Refused || u.Status != 403 || string(u.Body) != want || len(u.Oddities) > 0 {
			t.Errorf("%s: recorded %q of %d bytes with body %q, oddities %q", path, u.Outcome, u.BodyBytes, u.Body, u.Oddities)
		}
	}
}
