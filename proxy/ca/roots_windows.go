package ca

import (
	"bytes"
	"crypto/x509"
	"syscall"
	"unsafe"
)

// storeRoots reads the current user's view of the store of trusted roots, which
// includes the machine's.
func storeRoots() ([]*x509.Certificate, string) {
	name, err := syscall.UTF16PtrFromString("ROOT")
	if err != nil {
		return nil, ""
	}
	store, err := syscall.CertOpenSystemStore(0, name)
	if err != nil {
		return nil, ""
	}
	defer syscall.CertCloseStore(store, 0)
	var roots []*x509.Certificate
	var ctx *syscall.CertContext
	for {
		// Each call frees the context of the one before; the last returns nil.
		if ctx, err = syscall.CertEnumCertificatesInStore(store, ctx); err != nil || ctx == nil {
			return roots, "the Windows root store"
		}
		der := bytes.Clone(unsafe.Slice(ctx.EncodedCert, ctx.Length))
		if cert, err := x509.ParseCertificate(der); err == nil {
			roots = append(roots, cert)
		}
	}
}
