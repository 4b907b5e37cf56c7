package tlswire

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"why403/capture"
)

// event is one segment of a recorded connection.
type event struct {
	dir Dir
	b   []byte
}

// tap records what passes through the client's end of a connection.
type tap struct {
	net.Conn
	mu     sync.Mutex
	events []event
}

func (t *tap) record(dir Dir, b []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(b) > 0 {
		t.events = append(t.events, event{dir, append([]byte(nil), b...)})
	}
}

func (t *tap) Write(b []byte) (int, error) {
	t.record(FromClient, b)
	return t.Conn.Write(b)
}

func (t *tap) Read(b []byte) (int, error) {
	n, err := t.Conn.Read(b)
	t.record(FromServer, b[:n])
	return n, err
}

// found is a Sink that keeps everything.
type found struct {
	plain  [2][]byte
	alerts [2][]Alert
	lost   []Problem
	log    []string // every call but for its instant
}

func (f *found) Plain(dir Dir, at capture.Instant, b []byte) {
	f.plain[dir] = append(f.plain[dir], b...)
	f.log = append(f.log, fmt.Sprintf("%v: %x", dir, b))
}

func (f *found) Alert(dir Dir, at capture.Instant, a Alert) {
	f.alerts[dir] = append(f.alerts[dir], a)
	f.log = append(f.log, fmt.Sprintf("%v: %+v", dir, a))
}

func (f *found) Trouble(dir Dir, at capture.Instant, p *Problem) {
	f.lost = append(f.lost, *p)
	f.log = append(f.log, fmt.Sprintf("%v: %v closed %v", dir, p, p.Closed))
}

// reasons lists the problems' reasons and labels.
func (f *found) reasons() (all []string) {
	for _, p := range f.lost {
		s := string(p.Reason)
		if p.Label != "" {
			s += " " + p.Label
		}
		all = append(all, s)
	}
	return all
}

// read runs recorded segments through a new Conn of d. Instants count segments.
func read(d *Decrypter, events []event) (*found, *Facts) {
	f := &found{}
	c := d.NewConn(f)
	for i, e := range events {
		c.Data(e.dir, capture.Instant(i+1), e.b)
	}
	end := capture.Instant(len(events) + 1)
	c.End(FromClient, end)
	c.End(FromServer, end)
	return f, c.Facts()
}

var certificate = sync.OnceValue(func() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "gw.test"}, DNSNames: []string{"gw.test"},
		NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
})

// configs returns a client's and a server's configuration that work together.
func configs(log io.Writer) (client, server *tls.Config) {
	client = &tls.Config{
		InsecureSkipVerify: true, ServerName: "gw.test", NextProtos: []string{"http/1.1"}, KeyLogWriter: log,
	}
	server = &tls.Config{Certificates: []tls.Certificate{certificate()}, NextProtos: []string{"http/1.1"}}
	return client, server
}

const (
	request  = "GET /socket HTTP/1.1\r\nHost: gw.test\r\n\r\n"
	response = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
)

// pair returns both ends of a TCP connection. A [net.Pipe] has no buffer and so
// deadlocks when both ends write, as they do at the end of a handshake.
func pair(t testing.TB) (client, server net.Conn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	client, err = net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server, err = ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); server.Close() })
	return client, server
}

// exchange runs one request over TLS and returns the segments seen.
func exchange(t testing.TB, client, server *tls.Config) []event {
	t.Helper()
	near, far := pair(t)
	wire := &tap{Conn: near}
	answered := make(chan error, 1)
	go func() {
		conn := tls.Server(far, server)
		b := make([]byte, len(request))
		_, err := io.ReadFull(conn, b)
		if err == nil {
			_, err = conn.Write([]byte(response))
		}
		answered <- errors.Join(err, conn.Close())
	}()
	conn := tls.Client(wire, client)
	if _, err := conn.Write([]byte(request)); err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(conn)
	if err != nil || string(b) != response {
		t.Fatalf("read %q, %v", b, err)
	}
	conn.Close()
	if err := <-answered; err != nil {
		t.Log(err) // the client may have gone first
	}
	return wire.events
}

// wantExchange fails unless f holds the request and response and nothing odd.
func wantExchange(t testing.TB, f *found) {
	t.Helper()
	if len(f.lost) > 0 || string(f.plain[FromClient]) != request || string(f.plain[FromServer]) != response {
		t.Errorf("read %q and %q, problems %v", f.plain[FromClient], f.plain[FromServer], f.reasons())
	}
}
