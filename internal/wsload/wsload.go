// Package wsload records a WebSocket load that is known exactly, as packets: the
// oracle for reading captures. A gateway and a client of crypto/tls, net/http and
// gorilla/websocket talk through a [synth.Tap]; the packets and the key log come out as a
// [Tape].
package wsload

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"why403/capture"
	"why403/capture/packet"
	"why403/capture/pcapfile"
	"why403/internal/synth"
)

// Options say what to record. The zero value is one socket without TLS.
type Options struct {
	TLS      *tls.Config // of the gateway; nil for none, its certificate is added
	Sockets  int         // upgrades, one after the other; default 1
	Messages int         // text messages that each accepted socket has echoed, default 3
	Size     int         // bytes of each, default 5
}

// Token is the bearer token that the load asks for and then sends.
const Token = "an-opaque-token-of-some-length"

// Refused reports whether the gateway refuses the i-th upgrade, with a 403: two in
// ten.
func Refused(i int) bool { return i%10 == 0 || i%10 == 3 }

// Tape is the packets of a load, as raw IP, with the keys to read it.
type Tape struct {
	Packets []pcapfile.Packet
	keys    bytes.Buffer
	mu      sync.Mutex
}

// Keys returns the key log of the load.
func (tp *Tape) Keys() []byte { return tp.keys.Bytes() }

func (tp *Tape) add(at capture.Instant, s *packet.Segment) {
	raw := s.Append(nil)
	tp.mu.Lock()
	defer tp.mu.Unlock()
	tp.Packets = append(tp.Packets, pcapfile.Packet{Time: at, Link: pcapfile.Raw, Data: raw, Length: len(raw)})
}

// Write takes lines of the key log.
func (tp *Tape) Write(b []byte) (int, error) {
	tp.mu.Lock()
	defer tp.mu.Unlock()
	return tp.keys.Write(b)
}

// WriteFile writes the tape as pcapng, with its keys if they are wanted there.
func (tp *Tape) WriteFile(w io.Writer, withKeys bool) error {
	pw, err := pcapfile.NewWriter(w, pcapfile.Raw, "why403 wsload")
	if err != nil {
		return err
	}
	if withKeys && tp.keys.Len() > 0 {
		if err := pw.Secrets(pcapfile.TLSKeyLog, tp.Keys()); err != nil {
			return err
		}
	}
	for _, p := range tp.Packets {
		if err := pw.Packet(0, p.Time, p.Data, p.Length); err != nil {
			return err
		}
	}
	return nil
}

// Record runs the load: a token request, then the upgrades.
func Record(opt Options) (*Tape, error) {
	opt.Sockets, opt.Messages, opt.Size = max(opt.Sockets, 1), orDefault(opt.Messages, 3), orDefault(opt.Size, 5)
	gw := httptest.NewUnstartedServer(http.HandlerFunc(gateway))
	if opt.TLS != nil {
		gw.TLS = opt.TLS.Clone()
		gw.StartTLS()
	} else {
		gw.Start()
	}
	defer gw.Close()
	tp := &Tape{}
	tap, err := synth.NewTap(gw.Listener.Addr().String(), tp.add)
	if err != nil {
		return nil, err
	}
	defer tap.Close()
	c := client{opt: opt, addr: tap.Addr()}
	if opt.TLS != nil {
		c.tls = &tls.Config{InsecureSkipVerify: true, KeyLogWriter: tp, ClientSessionCache: tls.NewLRUClientSessionCache(1)}
	}
	return tp, c.run()
}

func orDefault(n, fallback int) int {
	if n == 0 {
		return fallback
	}
	return n
}

func gateway(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/oauth/token" {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":300}`, Token)
		return
	}
	if n, _ := strconv.Atoi(r.URL.Query().Get("n")); Refused(n) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusForbidden)
		io.WriteString(w, `{"error":"no"}`)
		return
	}
	c, err := new(websocket.Upgrader).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer c.Close()
	for {
		kind, b, err := c.ReadMessage()
		if err != nil || c.WriteMessage(kind, b) != nil {
			return
		}
	}
}

// client is the load.
type client struct {
	opt  Options
	addr string
	tls  *tls.Config
}

func (c *client) run() error {
	if err := c.grant(); err != nil {
		return err
	}
	for i := range c.opt.Sockets {
		if err := c.socket(i); err != nil {
			return fmt.Errorf("socket %d: %w", i, err)
		}
	}
	return nil
}

func (c *client) url(scheme, path string) string {
	if c.tls != nil {
		scheme += "s"
	}
	return scheme + "://" + c.addr + path
}

// grant asks for a token.
func (c *client) grant() error {
	tr := &http.Transport{DisableKeepAlives: true, TLSClientConfig: c.tls,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, c.addr)
		}}
	res, err := (&http.Client{Transport: tr}).Post(c.url("http", "/oauth/token"), "application/x-www-form-urlencoded",
		strings.NewReader("grant_type=client_credentials&client_id=load&client_secret=s3cr3t"))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

// socket opens one, echoes and closes it. A refusal is no error.
func (c *client) socket(i int) error {
	d := websocket.Dialer{TLSClientConfig: c.tls}
	ws, res, err := d.Dial(c.url("ws", fmt.Sprintf("/ws?n=%d", i)), http.Header{"Authorization": {"Bearer " + Token}})
	if err != nil {
		if errors.Is(err, websocket.ErrBadHandshake) && res.StatusCode == http.StatusForbidden {
			return nil
		}
		return err
	}
	defer ws.Close()
	message := bytes.Repeat([]byte("x"), c.opt.Size)
	for range c.opt.Messages {
		if err := ws.WriteMessage(websocket.TextMessage, message); err != nil {
			return err
		}
		if _, _, err := ws.ReadMessage(); err != nil {
			return err
		}
	}
	ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, "done"), time.Now().Add(time.Second))
	ws.ReadMessage() // the answer to it
	return nil
}
