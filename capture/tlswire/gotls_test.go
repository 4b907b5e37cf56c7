package tlswire

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"
)

var rsaCertificate = sync.OnceValue(func() tls.Certificate {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
})

// TestGoSuites reads every suite that crypto/tls has, TLS 1.2 with its own
// choice of extensions.
func TestGoSuites(t *testing.T) {
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		for _, version := range s.SupportedVersions {
			if version < tls.VersionTLS12 {
				continue
			}
			t.Run(tls.VersionName(version)+"/"+s.Name, func(t *testing.T) {
				var log bytes.Buffer
				client, server := configs(&log)
				client.MinVersion, client.MaxVersion, client.CipherSuites = version, version, []uint16{s.ID}
				server.CipherSuites = client.CipherSuites
				if strings.Contains(s.Name, "RSA_WITH") {
					server.Certificates = []tls.Certificate{rsaCertificate()}
				}
				events := exchange(t, client, server)
				keys := NewKeyLog(0)
				keys.Add(log.Bytes())
				f, facts := read(NewDecrypter(keys), events)
				if version == tls.VersionTLS12 && findSuite(s.ID) == nil {
					if len(f.lost) != 2 || f.lost[0].Reason != UnsupportedSuite || f.lost[0].Detail != s.Name {
						t.Errorf("problems %v", f.lost)
					}
					return
				}
				wantExchange(t, f)
				if facts.Version != version || version == tls.VersionTLS12 && facts.Suite != s.ID || facts.SNI != "gw.test" ||
					facts.ALPN != "http/1.1" || facts.Resumed || facts.Secured == 0 {
					t.Errorf("facts %+v", facts)
				}
			})
		}
	}
}

func TestGoResumption(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		t.Run(tls.VersionName(version), func(t *testing.T) {
			var log bytes.Buffer
			client, server := configs(&log)
			client.MaxVersion = version
			client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
			keys := NewKeyLog(0)
			d := NewDecrypter(keys)
			for i := range 4 {
				log.Reset()
				events := exchange(t, client, server)
				if version == tls.VersionTLS12 && (log.Len() > 0) != (i == 0) {
					t.Fatalf("connection %d logged %q: crypto/tls has changed", i, &log)
				}
				keys.Add(log.Bytes())
				f, facts := read(d, events)
				wantExchange(t, f)
				if facts.Resumed != (i > 0) {
					t.Errorf("connection %d: resumed is %v", i, facts.Resumed)
				}
			}
		})
	}
}

func TestGoHelloRetry(t *testing.T) {
	var log bytes.Buffer
	client, server := configs(&log)
	client.CurvePreferences = []tls.CurveID{tls.X25519, tls.CurveP384}
	server.CurvePreferences = []tls.CurveID{tls.CurveP384}
	keys := NewKeyLog(0)
	events := exchange(t, client, server)
	keys.Add(log.Bytes())
	f, facts := read(NewDecrypter(keys), events)
	wantExchange(t, f)
	if !facts.Retried {
		t.Error("the HelloRetryRequest went unnoticed")
	}
}

// TestGoUnread names what is missing, and keeps what can be known without keys.
func TestGoUnread(t *testing.T) {
	var log bytes.Buffer
	client, server := configs(&log)
	client12 := client.Clone()
	client12.MaxVersion = tls.VersionTLS12
	events12 := exchange(t, client12, server)
	log.Reset()
	events13 := exchange(t, client, server)
	without := func(label string) []byte {
		var kept []byte
		for line := range bytes.Lines(log.Bytes()) {
			if !bytes.HasPrefix(line, []byte(label)) {
				kept = append(kept, line...)
			}
		}
		return kept
	}
	tests := []struct {
		name   string
		events []event
		keys   []byte
		want   []string
		client string // plaintext
		server string
	}{
		{"TLS 1.2 without keys", events12, nil, []string{"no_key", "no_key"}, "", ""},
		{"TLS 1.3 without keys", events13, nil, []string{"no_key", "no_key"}, "", ""},
		{"client's traffic secret missing", events13, without("CLIENT_TRAFFIC"), []string{"key_incomplete CLIENT_TRAFFIC_SECRET_0"}, "", response},
		{"server's traffic secret missing", events13, without("SERVER_TRAFFIC"), []string{"key_incomplete SERVER_TRAFFIC_SECRET_0"}, request, ""},
		{"handshake secrets missing", events13, bytes.ReplaceAll(log.Bytes(), []byte("HANDSHAKE"), []byte("X")), nil, request, response},
		{"wrong secret", events13, swapLast(log.Bytes()), []string{"decrypt_failed"}, request, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			keys := NewKeyLog(0)
			keys.Add(tt.keys)
			f, facts := read(NewDecrypter(keys), tt.events)
			if got := f.reasons(); len(got) != len(tt.want) || len(got) > 0 && got[0] != tt.want[0] {
				t.Errorf("reasons %v, want %v", got, tt.want)
			}
			if string(f.plain[0]) != tt.client || string(f.plain[1]) != tt.server {
				t.Errorf("read %q and %q", f.plain[0], f.plain[1])
			}
			if facts.SNI != "gw.test" || facts.ClientHello == 0 || facts.ServerHello <= facts.ClientHello {
				t.Errorf("facts %+v", facts)
			}
			if facts.Version == tls.VersionTLS12 && facts.Secured <= facts.ServerHello {
				t.Errorf("TLS 1.2 shows when it is secured without keys; facts %+v", facts)
			}
			for _, p := range f.lost {
				if p.ClientRandom != facts.ClientRandom || !p.Closed {
					t.Errorf("problem %+v", p)
				}
			}
		})
	}
}

// swapLast changes the last digits of the server's traffic secret.
func swapLast(log []byte) []byte {
	var changed []byte
	for line := range bytes.Lines(log) {
		if bytes.HasPrefix(line, []byte("SERVER_TRAFFIC")) {
			line = append(bytes.Clone(line[:len(line)-5]), "1234\n"...)
		}
		changed = append(changed, line...)
	}
	return changed
}
