// Package ca is the local certificate authority whose leafs the proxy shows to
// load tools (RFC 5280).
//
// An [Authority] lives in a directory of its own:
//
//	root.pem          the certificate to trust
//	intermediate.pem  only if the authority is confined to hosts
//	key.pem           key of the certificate that signs leafs (PKCS #8)
//
// Without hosts the root signs leafs of any name, so whoever trusts it must guard
// its key. With hosts the root signs one intermediate with critical name
// constraints (§4.2.1.10) and its own key is never written; a stolen key.pem is
// then worth no more than those hosts. The constraints are on an intermediate
// because Java ignores them on a trusted root.
//
// [Authority.Leaf] mints and caches leafs; [Authority.WriteBundle] and
// [Authority.WriteTrustStore] write what OpenSSL, Go, Node.js, Python and Java
// need to trust them. All keys are ECDSA P-256: a leaf costs a tenth of a
// millisecond, where an RSA authority takes 60.
package ca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"path/filepath"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"
)

// Authority signs leafs. It is safe for concurrent use.
type Authority struct {
	dir    string
	root   *x509.Certificate
	signer *x509.Certificate // the root itself, or the intermediate
	key    *ecdsa.PrivateKey // of signer

	leafKey *ecdsa.PrivateKey // one for all leafs; never written
	leafs   *lru.Cache[string, *tls.Certificate]
	minting singleflight.Group
}

func newAuthority(dir string, root, signer *x509.Certificate, key *ecdsa.PrivateKey) (*Authority, error) {
	leafKey, err := newKey()
	if err != nil {
		return nil, err
	}
	leafs, err := lru.New[string, *tls.Certificate](cachedLeafs)
	if err != nil {
		return nil, err
	}
	return &Authority{dir: dir, root: root, signer: signer, key: key, leafKey: leafKey, leafs: leafs}, nil
}

func newKey() (*ecdsa.PrivateKey, error) {
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}

// Dir returns the authority's directory.
func (a *Authority) Dir() string { return a.dir }

// CertPath returns the path of the certificate to trust, in PEM.
func (a *Authority) CertPath() string { return filepath.Join(a.dir, rootFile) }

// RootPEM returns the certificate to trust.
func (a *Authority) RootPEM() []byte { return certPEM(a.root) }

// Pool returns a new pool that holds the certificate to trust and no other.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.root)
	return pool
}

// Fingerprint returns the SHA-256 of the certificate to trust as openssl and
// keytool print it: upper-case hexadecimal bytes between colons.
func (a *Authority) Fingerprint() string {
	sum := sha256.Sum256(a.root.Raw)
	return strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":")
}

// confined reports whether the authority signs for some hosts only.
func (a *Authority) confined() bool { return a.signer != a.root }

func certPEM(cert *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
}
