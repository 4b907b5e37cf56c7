package proxy

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"
)

// TestServerTLSFails: each way in which the TLS handshake with the gateway fails
// is recorded with its phase, and the client gets an answer that says why.
func TestServerTLSFails(t *testing.T) {
	old := func(leaf *x509.Certificate) {
		leaf.NotBefore, leaf.NotAfter = time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour)
	}
	serverTLS := func(change func(*tls.Config)) func(*rig, net.Conn) {
		return func(r *rig, conn net.Conn) {
			leaf, _ := r.roots.Leaf("127.0.0.1")
			config := &tls.Config{Certificates: []tls.Certificate{*leaf}}
			change(config)
			secured := tls.Server(conn, config)
			secured.Handshake()
			io.Copy(io.Discard, secured)
		}
	}
	for _, tt := range []struct {
		name   string
		serve  func(*rig, net.Conn)
		status int
		why    string
	}{
		{"expired", func(r *rig, conn net.Conn) {
			serverTLS(func(c *tls.Config) { c.Certificates[0] = r.roots.sign(t, old) })(r, conn)
		}, 502, "has expired"},
		{"no common suite", serverTLS(func(c *tls.Config) {
			c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}
		}), 502, "handshake failure"},
		{"client certificate wanted, TLS 1.3", serverTLS(func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert }),
			502, "certificate required"},
		{"client certificate wanted, TLS 1.2", serverTLS(func(c *tls.Config) {
			c.MaxVersion, c.ClientAuth = tls.VersionTLS12, tls.RequireAnyClientCert
		}), 502, "handshake failure"},
		{"no TLS", func(_ *rig, conn net.Conn) { io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n") },
			502, "does not look like a TLS handshake"},
		{"closed", func(_ *rig, conn net.Conn) {
			readSome(conn)
			finish(conn)
			io.Copy(io.Discard, conn)
		}, 502, "EOF"},
		{"reset", func(_ *rig, conn net.Conn) { readSome(conn); abort(conn) }, 502, "reset"},
		{"silent", func(_ *rig, conn net.Conn) { io.Copy(io.Discard, conn) }, 504, "timed out"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, Options{Limits: Limits{ServerTLS: 100 * time.Millisecond}})
			gw := r.gateway(false, func(conn net.Conn, in *bufio.Reader) { tt.serve(r, conn) })
			conn := r.connect(gw, true)
			io.WriteString(conn, upgradeHead(gw))
			u := r.wantUnreached(conn, tt.status, tt.why)
			if p := u.Phases; !p.Dialed.Seen() || p.RequestSent.Seen() {
				t.Errorf("phases %+v", p)
			}
			if !strings.Contains(u.Failure, "TLS handshake") {
				t.Errorf("failure %q does not name the phase", u.Failure)
			}
		})
	}
}

func readSome(conn net.Conn) { conn.Read(make([]byte, 1)) }

// sign makes a leaf for 127.0.0.1 that change has changed.
func (a *authority) sign(t testing.TB, change func(*x509.Certificate)) tls.Certificate {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(99), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	change(template)
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, a.leaf.Public().(*ecdsa.PublicKey), a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: a.leaf}
}
