package sim

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"syscall"

	"github.com/gorilla/websocket"
)

// Kinds of errors: why an attempt had no answer, or a socket no Close frame.
const (
	kindCancelled = "cancelled" // the load was
	kindTimeout   = "timeout"
	kindConnect   = "connect" // no TCP connection to the gateway or the proxy
	kindProxy     = "proxy"   // the proxy refused CONNECT
	kindTLS       = "tls"     // handshake or certificate
	kindReset     = "reset"
	kindClosed    = "closed"    // without an answer
	kindHandshake = "handshake" // a 101 that breaks RFC 6455 §4.1
	kindLost      = "lost"      // an open socket ended without a Close frame
	kindOther     = "other"
)

// kindOf sorts the error of an attempt or a token request.
func kindOf(err error) string {
	var (
		timeout net.Error
		op      *net.OpError
		alert   tls.AlertError
		record  tls.RecordHeaderError
		cert    *tls.CertificateVerificationError
		unknown x509.UnknownAuthorityError
	)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, net.ErrClosed): // we close connections on cancellation only
		return kindCancelled
	case errors.As(err, &timeout) && timeout.Timeout():
		return kindTimeout
	case errors.Is(err, websocket.ErrBadHandshake):
		return kindHandshake
	case errors.As(err, &cert), errors.As(err, &unknown), errors.As(err, &alert), errors.As(err, &record):
		return kindTLS
	case errors.As(err, &op) && op.Op == "dial":
		return kindConnect
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return kindReset
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return kindClosed
	}
	return kindOther
}
