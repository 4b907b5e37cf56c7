package ca

import (
	"crypto/x509"
	"encoding/pem"
	"os"
)

// SystemRoots returns the certificates that the system trusts and where they were
// found; none if nowhere. SSL_CERT_FILE comes first: whoever set it wants exactly
// those. Then Windows' store, or the first of the usual bundle files.
func SystemRoots() (roots []*x509.Certificate, source string) {
	if path := os.Getenv("SSL_CERT_FILE"); path != "" {
		if roots := readBundle(path); len(roots) > 0 {
			return roots, path
		}
	}
	if roots, source := storeRoots(); len(roots) > 0 {
		return roots, source
	}
	for _, path := range bundlePaths {
		if roots := readBundle(path); len(roots) > 0 {
			return roots, path
		}
	}
	return nil, ""
}

// bundlePaths are where systems keep all roots in one file.
var bundlePaths = []string{
	"/etc/ssl/certs/ca-certificates.crt",                // Debian, Ubuntu, Arch, Gentoo
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // Fedora, RHEL
	"/etc/pki/tls/certs/ca-bundle.crt",                  // older ones of these
	"/etc/ssl/ca-bundle.pem",                            // openSUSE
	"/etc/ssl/cert.pem",                                 // Alpine, macOS, OpenBSD
	"/opt/homebrew/etc/ca-certificates/cert.pem",        // Homebrew
	"/usr/local/etc/ca-certificates/cert.pem",           // Homebrew on Intel
	"/usr/local/share/certs/ca-root-nss.crt",            // FreeBSD
}

// maxBundle bounds a bundle file; real ones have a quarter of a megabyte.
const maxBundle = 16 << 20

// readBundle returns the certificates of a PEM file, none if it cannot be read.
// What is not a certificate that Go understands is skipped.
func readBundle(path string) []*x509.Certificate {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxBundle {
		return nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	var roots []*x509.Certificate
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			return roots
		}
		if cert, err := x509.ParseCertificate(block.Bytes); err == nil && block.Type == "CERTIFICATE" {
			roots = append(roots, cert)
		}
	}
}
