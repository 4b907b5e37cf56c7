package proxy

import (
	"bytes"
	"crypto/tls"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"why403/capture"
	"why403/capture/tlswire"
)

// helloOf returns the bytes that a TLS client with that configuration begins with.
func helloOf(t testing.TB, config *tls.Config) []byte {
	t.Helper()
	conn := new(bufferConn)
	tls.Client(conn, config).Handshake()
	return conn.Bytes()
}

// refragmented cuts the message in the first record into records of n bytes.
func refragmented(record []byte, n int) (out []byte) {
	for piece := range slices.Chunk(record[5:], n) {
		out = append(out, handshakeRecord, 3, 1, byte(len(piece)>>8), byte(len(piece)))
		out = append(out, piece...)
	}
	return out
}

func TestClientHello(t *testing.T) {
	hello := helloOf(t, &tls.Config{ServerName: "gw.test", NextProtos: []string{"http/1.1"}})
	for _, b := range [][]byte{hello, refragmented(hello, 1), refragmented(hello, 100), append(bytes.Clone(hello), "more"...)} {
		body, more := clientHello(b)
		h, err := tlswire.ParseClientHello(body)
		if more || err != nil || h.ServerName != "gw.test" {
			t.Fatalf("more %v, error %v", more, err)
		}
	}
	for i := range hello {
		if _, more := clientHello(hello[:i]); !more {
			t.Fatalf("with %d of %d bytes nothing more is wanted", i, len(hello))
		}
	}
	for _, no := range []string{"GET / HTTP/1.1", "\x16\x03\x01\x00\x00", "\x16\x03\x01\x00\x04\x02\x00\x00\x00", "\x16\x03\x01\x00\x04\x01\xff\xff\xff"} {
		if body, more := clientHello([]byte(no)); more || body != nil {
			t.Errorf("%q: body of %d bytes, more %v", no, len(body), more)
		}
	}
}

// FuzzClientHello: once bytes are enough, more of them change nothing.
func FuzzClientHello(f *testing.F) {
	hello := helloOf(f, &tls.Config{ServerName: "gw.test"})
	f.Add(hello, []byte("x"))
	f.Add(refragmented(hello, 60), []byte{})
	f.Fuzz(func(t *testing.T, b, more []byte) {
		body, wanted := clientHello(b)
		again, wantedAgain := clientHello(append(bytes.Clone(b), more...))
		if !wanted && (wantedAgain || !bytes.Equal(body, again)) {
			t.Errorf("%x: with %x behind it, another hello", b, more)
		}
		if len(body) > len(b) {
			t.Errorf("%x: %d bytes of body", b, len(body))
		}
	})
}

// TestFingerprints: the record has how each hello looks, as seen by an independent
// reading of the bytes that the client sent.
func TestFingerprints(t *testing.T) {
	r := newRig(t, Options{})
	gw := r.refusing(true)
	conn := r.connect(gw, true)
	io.WriteString(conn, upgradeHead(gw))
	want(t, conn, refusal)
	u := r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Status == 403 })
	body, _ := clientHello(helloOf(t, &tls.Config{ServerName: "127.0.0.1"}))
	h, err := tlswire.ParseClientHello(body)
	if err != nil {
		t.Fatal(err)
	}
	if u.ClientTLS.JA3 != h.JA3() || u.ClientTLS.JA4 != h.JA4() {
		t.Errorf("client's hello: %q, %q, want %q, %q", u.ClientTLS.JA3, u.ClientTLS.JA4, h.JA3(), h.JA4())
	}
	if u.ServerTLS.JA4 == "" || u.ServerTLS.JA4 == h.JA4() {
		t.Errorf("our hello: %q", u.ServerTLS.JA4)
	}
}

// TestDirectControl: every second tunnel is the client's and the gateway's alone.
func TestDirectControl(t *testing.T) {
	r := newRig(t, Options{DirectControl: 2})
	gw := r.refusing(true)
	for i := range 4 {
		roots := r.ca
		if i%2 == 1 {
			roots = r.roots
		}
		conn := tls.Client(r.connect(gw, false), &tls.Config{ServerName: "127.0.0.1", RootCAs: roots.pool()})
		io.WriteString(conn, upgradeHead(gw))
		want(t, conn, refusal)
		conn.Close()
		r.proxy.conns.waitEmpty(t)
	}
	r.stop()
	run, _ := r.sink.run()
	if len(run.Upgrades) != 2 || len(run.Notes) != 2 ||
		!strings.HasPrefix(run.Notes[0].Text, "direct control: 2 tunnels went through unread, 2 of them ended within 2 s") {
		t.Errorf("%d upgrades, notes %v", len(run.Upgrades), run.Notes)
	}
}

// TestKeyLog: the secrets of both legs are there.
func TestKeyLog(t *testing.T) {
	var log lockedBuffer
	r := newRig(t, Options{KeyLog: &log})
	gw := r.refusing(true)
	conn := r.connect(gw, true)
	io.WriteString(conn, upgradeHead(gw))
	want(t, conn, refusal)
	if n := strings.Count(log.String(), "CLIENT_TRAFFIC_SECRET_0 "); n != 2 {
		t.Errorf("secrets of %d connections, want 2", n)
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

// TestNameInHello: with only an address in the target, the server name says whether
// a connection is to be read.
func TestNameInHello(t *testing.T) {
	for _, tt := range []struct {
		name string
		read bool
	}{{"gw.test", true}, {"other.test", false}, {"", false}} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, Options{Hosts: []string{"gw.test"}, Insecure: true})
			gw := r.refusing(true)
			conn := tls.Client(r.connect(gw, false), &tls.Config{ServerName: tt.name, InsecureSkipVerify: true})
			io.WriteString(conn, upgradeHead(gw))
			want(t, conn, refusal)
			if _, ours := r.ca.leafs[tt.name]; ours != tt.read {
				t.Errorf("shown a certificate of ours: %v", ours)
			}
			conn.Close()
			r.stop()
			if run, _ := r.sink.run(); (len(run.Upgrades) == 1) != tt.read {
				t.Errorf("%d upgrades recorded", len(run.Upgrades))
			}
		})
	}
}
