package ca

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"fmt"

	pkcs12 "software.sslmate.com/src/go-pkcs12"
)

// TrustStorePassword opens what [Authority.WriteTrustStore] writes. It is Java's
// customary one; the certificates in the store are no secret.
const TrustStorePassword = "changeit"

// WriteBundle writes the system's roots ([SystemRoots]) and the authority's to a
// PEM file, for SSL_CERT_FILE, REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE, which
// replace the roots of a tool. Hosts that are not decrypted stay trusted so. The
// first line says where the system's roots came from, or that none were found.
func (a *Authority) WriteBundle(path string) error {
	system, source := SystemRoots()
	var b bytes.Buffer
	if len(system) == 0 {
		fmt.Fprintf(&b, "# %s; no roots of the system were found\n", a.root.Subject.CommonName)
	} else {
		fmt.Fprintf(&b, "# %s, then %d roots from %s\n", a.root.Subject.CommonName, len(system), source)
	}
	b.Write(a.RootPEM())
	for _, cert := range system {
		b.Write(certPEM(cert))
	}
	if err := writeFile(path, b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write bundle %q: %w", path, err)
	}
	return nil
}

// WriteTrustStore writes the certificates of [Authority.WriteBundle] as a PKCS #12
// trust store, for Java's javax.net.ssl.trustStore (type PKCS12), under
// [TrustStorePassword].
func (a *Authority) WriteTrustStore(path string) error {
	system, _ := SystemRoots()
	entries := []pkcs12.TrustStoreEntry{{Cert: a.root, FriendlyName: "why403"}}
	for _, cert := range system {
		entries = append(entries, pkcs12.TrustStoreEntry{Cert: cert, FriendlyName: alias(cert)})
	}
	// Triple DES is what every Java reads, AES needs 8u301 or 11.0.12. It hides
	// nothing here: the password is public and so are the certificates.
	data, err := pkcs12.LegacyDES.EncodeTrustStoreEntries(entries, TrustStorePassword)
	if err != nil {
		return fmt.Errorf("encode trust store: %w", err)
	}
	if err := writeFile(path, data, 0o644); err != nil {
		return fmt.Errorf("write trust store %q: %w", path, err)
	}
	return nil
}

// alias names a certificate in a trust store, uniquely: Java keeps one entry per
// alias, and roots with equal names exist.
func alias(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	return fmt.Sprintf("%s [%x]", cert.Subject, sum[:8])
}
