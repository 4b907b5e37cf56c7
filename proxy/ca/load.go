package ca

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// LoadOrCreate loads the authority in dir, or creates one there if there is none:
// several processes that begin together get the same.
func LoadOrCreate(dir string, opt Options) (*Authority, error) {
	a, err := Load(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return a, err
	}
	a, err = Create(dir, opt)
	if errors.Is(err, fs.ErrExist) { // by another process, since we looked
		return Load(dir)
	}
	return a, err
}

// Load reads the authority in dir. The error is [fs.ErrNotExist] only if there is
// none, not if some of its files are gone. It refuses files that do not belong
// together, an expired certificate, and a key that other users can read.
func Load(dir string) (*Authority, error) {
	a, err := load(dir)
	if err != nil {
		return nil, fmt.Errorf("load authority from %q: %w", dir, err)
	}
	return a, nil
}

func load(dir string) (*Authority, error) {
	root, err := readCert(filepath.Join(dir, rootFile))
	if err != nil {
		return nil, err
	}
	signer, err := readCert(filepath.Join(dir, intermediateFile))
	if errors.Is(err, fs.ErrNotExist) {
		signer, err = root, nil
	}
	if err != nil {
		return nil, err
	}
	key, err := readKey(filepath.Join(dir, keyFile))
	if err != nil {
		return nil, err
	}
	if err := checkChain(root, signer, key); err != nil {
		return nil, err
	}
	return newAuthority(dir, root, signer, key)
}

// checkChain makes sure that leafs signed by key will be accepted.
func checkChain(root, signer *x509.Certificate, key *ecdsa.PrivateKey) error {
	if !root.IsCA || !signer.IsCA {
		return fmt.Errorf("certificate of %q is not that of an authority", signer.Subject.CommonName)
	}
	if !key.PublicKey.Equal(signer.PublicKey) {
		return fmt.Errorf("%s is not the key of %q; remove the directory and create a new authority", keyFile, signer.Subject.CommonName)
	}
	if err := signer.CheckSignatureFrom(root); err != nil {
		return fmt.Errorf("%s does not belong to %s: %v", intermediateFile, rootFile, err)
	}
	if time.Now().After(signer.NotAfter) || time.Now().After(root.NotAfter) {
		return fmt.Errorf("expired on %s; remove the directory and create a new authority", signer.NotAfter.Format(time.DateOnly))
	}
	return nil
}

func readCert(path string) (*x509.Certificate, error) {
	der, err := readPEM(path, "CERTIFICATE")
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("read %q: %w", path, err)
	}
	return cert, nil
}

func readKey(path string) (*ecdsa.PrivateKey, error) {
	if err := checkPrivate(path); err != nil {
		return nil, err
	}
	der, err := readPEM(path, "PRIVATE KEY")
	if err != nil {
		return nil, fmt.Errorf("%v", err) // not fs.ErrNotExist: there is a certificate
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("read %q: %w", path, err)
	}
	ec, ok := key.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("read %q: a key of type %T, not ECDSA", path, key)
	}
	return ec, nil
}

// checkPrivate refuses a key that every user can read or change: with it anybody
// can play any host to whoever trusts the root. (Windows has no such bits.)
func checkPrivate(path string) error {
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS == "windows" {
		return nil // readPEM says what is wrong
	}
	if info.Mode().Perm()&0o007 != 0 {
		return fmt.Errorf("key %q has mode %04o: other users can read it; chmod 600, or better create a new authority", path, info.Mode().Perm())
	}
	return nil
}

// readPEM returns the content of a file's only block, which must be of that type.
func readPEM(path, kind string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, rest := pem.Decode(data)
	if block == nil || block.Type != kind {
		return nil, fmt.Errorf("read %q: not a PEM file with a %s", path, kind)
	}
	if next, _ := pem.Decode(rest); next != nil {
		return nil, fmt.Errorf("read %q: more than one PEM block", path)
	}
	return block.Bytes, nil
}
