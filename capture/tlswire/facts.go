package tlswire

import (
	"fmt"

	"why403/capture"
)

// Facts are what is known of a connection, whether or not it can be decrypted.
// Fields not seen yet are zero.
type Facts struct {
	ClientRandom [32]byte
	Version      uint16 // 0x0304 for TLS 1.3
	Suite        uint16 // cipher suite (IANA number)
	SNI          string // server name sent
	Offered      []string
	ALPN         string // negotiated protocol; in TLS 1.3 it takes keys to see it
	Resumed      bool   // a session was resumed, or a pre-shared key used
	Retried      bool   // the server asked for a second ClientHello (RFC 8446 §4.1.4)
	EarlyData    Early  // what became of 0-RTT data

	JA3, JA3S, JA4 string // fingerprints of the first ClientHello and of the ServerHello

	ClientHello capture.Instant // the first one was complete
	ServerHello capture.Instant // complete; not a HelloRetryRequest
	// Secured is when the last Finished message was complete: the client's in
	// TLS 1.3 and in resumed TLS 1.2, the server's in full TLS 1.2. In TLS 1.3
	// it takes keys to see it.
	Secured capture.Instant
}

// Early is what became of early data (RFC 8446 §4.2.10).
type Early uint8

const (
	EarlyNone     Early = iota // none was offered
	EarlyOffered               // and the server's answer is not known
	EarlyAccepted              // its plaintext is part of the client's data
	EarlyRejected              // it was skipped, as the server does
)

// TLS returns the facts as the record has them, nil before the ServerHello.
func (f *Facts) TLS() *capture.TLS {
	if f.Version == 0 {
		return nil
	}
	return &capture.TLS{
		Version: VersionName(f.Version), Cipher: SuiteName(f.Suite),
		ALPN: f.ALPN, SNI: f.SNI, Resumed: f.Resumed,
		JA3: f.JA3, JA4: f.JA4,
	}
}

// VersionName returns "TLS 1.3" and the like, "0xfefd" for what has no name.
func VersionName(v uint16) string {
	switch v {
	case 0x0300:
		return "SSL 3.0"
	case 0x0301, 0x0302, 0x0303, 0x0304:
		return "TLS 1." + "0123"[v-0x0301:][:1]
	}
	if draft13(v) {
		return fmt.Sprintf("TLS 1.3 draft %d", v-0x7f00)
	}
	return fmt.Sprintf("%#04x", v)
}
