package ca

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"
)

const (
	// leafLifetime is short because nobody checks whether leafs were revoked.
	leafLifetime = 7 * 24 * time.Hour
	// leafRenewal is how long before its end a leaf is replaced: more than the
	// longest load test that starts with it.
	leafRenewal = 24 * time.Hour
	// cachedLeafs bounds the cache, some 2 KiB each. A load test has a few hosts;
	// the bound is for clients that ask for ever new ones.
	cachedLeafs = 1024
)

// Leaf returns a certificate for a host name or IP address, with its chain up to
// but without the root. It is cached, and renewed a day before it expires. Callers
// must not change it.
//
// It fails for what is no name or address, for one that the authority is not made
// for, and once the authority has expired.
func (a *Authority) Leaf(host string) (*tls.Certificate, error) {
	name, addr, err := parseHost(host)
	if err != nil {
		return nil, fmt.Errorf("mint leaf: %w", err)
	}
	key := name
	if addr.IsValid() {
		key = addr.String()
	}
	if leaf := a.cached(key); leaf != nil {
		return leaf, nil
	}
	leaf, err, _ := a.minting.Do(key, func() (any, error) {
		if leaf := a.cached(key); leaf != nil { // minted since we looked
			return leaf, nil
		}
		leaf, err := a.mint(name, addr)
		if err == nil {
			a.leafs.Add(key, leaf)
		}
		return leaf, err
	})
	if err != nil {
		return nil, fmt.Errorf("mint leaf for %q: %w", key, err)
	}
	return leaf.(*tls.Certificate), nil
}

// cached returns the leaf of that name unless it should be renewed. A leaf that
// ends with the authority cannot be renewed and is used until then.
func (a *Authority) cached(key string) *tls.Certificate {
	leaf, ok := a.leafs.Get(key)
	if !ok {
		return nil
	}
	now, end := time.Now(), leaf.Leaf.NotAfter
	if now.Before(end.Add(-leafRenewal)) || now.Before(end) && end.Equal(a.signer.NotAfter) {
		return leaf
	}
	return nil
}

func (a *Authority) mint(name string, addr netip.Addr) (*tls.Certificate, error) {
	if !a.permits(name, addr) {
		return nil, fmt.Errorf("the authority signs for %s only; create one that has this host too",
			strings.Join(a.Hosts(), ", "))
	}
	now := time.Now()
	if now.After(a.signer.NotAfter) {
		return nil, fmt.Errorf("the authority expired on %s; create a new one", a.signer.NotAfter.Format(time.DateOnly))
	}
	tmpl := leafTemplate(name, addr)
	tmpl.NotBefore = latest(now.Add(-backdate), a.signer.NotBefore)
	tmpl.NotAfter = earliest(now.Add(leafLifetime), a.signer.NotAfter)
	der, err := x509.CreateCertificate(rand.Reader, tmpl, a.signer, a.leafKey.Public(), a.key)
	if err != nil {
		return nil, err
	}
	return a.chain(der)
}

// chain joins a new leaf with the intermediate, if there is one.
func (a *Authority) chain(der []byte) (*tls.Certificate, error) {
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	chain := [][]byte{der}
	if a.confined() {
		chain = append(chain, a.signer.Raw)
	}
	return &tls.Certificate{Certificate: chain, PrivateKey: a.leafKey, Leaf: leaf}, nil
}

func leafTemplate(name string, addr netip.Addr) *x509.Certificate {
	tmpl := &x509.Certificate{
		Subject:     pkix.Name{Organization: []string{"why403"}},
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if addr.IsValid() {
		tmpl.IPAddresses = []net.IP{addr.AsSlice()}
	} else {
		tmpl.DNSNames = []string{name}
	}
	return tmpl
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
