package ca

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Options says what to create. The zero value is an authority for any host.
type Options struct {
	// Hosts are the only ones that the authority can sign for: names and
	// "*.example.com", each with all names below it, and IP addresses.
	Hosts []string
	// Lifetime of the certificates, default [DefaultLifetime].
	Lifetime time.Duration
}

// DefaultLifetime is two years: a root that was built into test images must not
// break them every quarter, and one that was trusted and forgotten should not
// outlive the machine.
const DefaultLifetime = 2 * 365 * 24 * time.Hour

// backdate lets certificates hold on machines whose clock is behind.
const backdate = time.Hour

const (
	rootFile         = "root.pem"
	intermediateFile = "intermediate.pem"
	keyFile          = "key.pem"
)

// Create makes an authority in dir, which must be missing or empty; otherwise the
// error is [fs.ErrExist]. The directory appears with all its files or not at all,
// so of several processes that create it at once exactly one succeeds.
func Create(dir string, opt Options) (*Authority, error) {
	a, err := create(dir, opt)
	if err != nil {
		return nil, fmt.Errorf("create authority in %q: %w", dir, err)
	}
	return a, nil
}

func create(dir string, opt Options) (*Authority, error) {
	if opt.Lifetime == 0 {
		opt.Lifetime = DefaultLifetime
	}
	if opt.Lifetime < 0 {
		return nil, fmt.Errorf("lifetime of %v", opt.Lifetime)
	}
	root, signer, key, err := newChain(opt)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{rootFile: certPEM(root)}
	if signer != root {
		files[intermediateFile] = certPEM(signer)
	}
	if files[keyFile], err = keyPEM(key); err != nil {
		return nil, err
	}
	if err := writeDir(dir, files); err != nil {
		return nil, err
	}
	return newAuthority(dir, root, signer, key)
}

// newChain makes the root and, if there are hosts, the intermediate; key is that
// of the one that signs leafs.
func newChain(opt Options) (root, signer *x509.Certificate, key *ecdsa.PrivateKey, err error) {
	rootKey, err := newKey()
	if err != nil {
		return nil, nil, nil, err
	}
	tmpl := authorityTemplate("root", opt.Lifetime)
	if len(opt.Hosts) > 0 {
		tmpl.MaxPathLen = 1
	}
	root, err = sign(tmpl, tmpl, rootKey, rootKey)
	if err != nil || len(opt.Hosts) == 0 {
		return root, root, rootKey, err
	}
	tmpl = authorityTemplate("intermediate", opt.Lifetime)
	tmpl.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	if err := constrain(tmpl, opt.Hosts); err != nil {
		return nil, nil, nil, err
	}
	if key, err = newKey(); err != nil {
		return nil, nil, nil, err
	}
	signer, err = sign(tmpl, root, key, rootKey)
	return root, signer, key, err // rootKey ends here
}

// authorityTemplate gives every authority a name of its own, so that two of them
// in one trust store can be told apart.
func authorityTemplate(role string, lifetime time.Duration) *x509.Certificate {
	now := time.Now()
	id := make([]byte, 4)
	rand.Read(id) // never fails (crypto/rand)
	return &x509.Certificate{
		Subject: pkix.Name{
			Organization: []string{"why403"},
			CommonName:   fmt.Sprintf("why403 %s %s %x", role, now.UTC().Format(time.DateOnly), id),
		},
		NotBefore:             now.Add(-backdate),
		NotAfter:              now.Add(lifetime),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,
	}
}

// sign returns tmpl for key's public half, signed by parent. The serial is random
// (crypto/x509 picks it).
func sign(tmpl, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, key.Public(), parentKey)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// writeDir makes dir with the files in it, all at once: a directory beside it is
// filled and renamed.
func writeDir(dir string, files map[string][]byte) (err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := makeRoom(dir); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+"-*") // mode 0700
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(tmp)
		}
	}()
	for name, data := range files {
		if err := writeFile(filepath.Join(tmp, name), data, 0o600); err != nil {
			return err
		}
	}
	if err := os.Rename(tmp, dir); err != nil {
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			return errNotEmpty // another process was faster
		}
		return err
	}
	return nil
}

var errNotEmpty = fmt.Errorf("%w and is not empty; move it away first", fs.ErrExist)

// makeRoom makes the directory above dir and removes dir if it is empty.
func makeRoom(dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if len(entries) > 0 {
		return errNotEmpty
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
