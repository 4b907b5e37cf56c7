package proxy

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"sync"
	"time"
)

// verifier verifies gateways' certificates. Under load the same chain comes a
// thousand times a second, and its signatures are an eighth of the proxy's work,
// so that a verdict is kept for a while.
type verifier struct {
	roots *x509.CertPool // nil: the system's

	mu   sync.Mutex
	good map[[sha256.Size]byte]time.Time // until when, by chain and host
}

const (
	verdictLasts = time.Minute
	verdicts     = 256 // kept at most
)

// verify does what crypto/tls does unless it is told InsecureSkipVerify, for host.
func (v *verifier) verify(cs tls.ConnectionState, host string) error {
	now := time.Now()
	key := chainKey(cs.PeerCertificates, host)
	v.mu.Lock()
	known := now.Before(v.good[key])
	v.mu.Unlock()
	if known {
		return nil
	}
	opts := x509.VerifyOptions{DNSName: host, Roots: v.roots, Intermediates: x509.NewCertPool(), CurrentTime: now}
	for _, cert := range cs.PeerCertificates[1:] {
		opts.Intermediates.AddCert(cert)
	}
	chains, err := cs.PeerCertificates[0].Verify(opts)
	if err != nil {
		return fmt.Errorf("verify the certificate: %w", err)
	}
	v.keep(key, now, chains[0])
	return nil
}

// keep remembers a good verdict, no longer than the chain is valid.
func (v *verifier) keep(key [sha256.Size]byte, now time.Time, chain []*x509.Certificate) {
	until := now.Add(verdictLasts)
	for _, cert := range chain {
		if cert.NotAfter.Before(until) {
			until = cert.NotAfter
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.good == nil || len(v.good) >= verdicts {
		v.good = map[[sha256.Size]byte]time.Time{}
	}
	v.good[key] = until
}

func chainKey(chain []*x509.Certificate, host string) (key [sha256.Size]byte) {
	h := sha256.New()
	for _, cert := range chain {
		h.Write(cert.Raw) // DER holds its own length, so chains are told apart
	}
	h.Write([]byte(host))
	h.Sum(key[:0])
	return key
}
