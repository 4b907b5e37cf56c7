package tlswire

import (
	"errors"

	"golang.org/x/crypto/cryptobyte"
)

// Extensions that matter here (IANA TLS ExtensionType Values).
const (
	extServerName        = 0
	extGroups            = 10
	extPointFormats      = 11
	extSignatures        = 13
	extALPN              = 16
	extEncryptThenMAC    = 22
	extTicket            = 35
	extPreSharedKey      = 41
	extEarlyData         = 42
	extSupportedVersions = 43
)

// ClientHello is what a client offers (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2).
// Lists are in the order sent and hold GREASE values (RFC 8701) too.
type ClientHello struct {
	Version      uint16 // legacy_version
	Random       [32]byte
	SessionID    []byte // part of the message parsed
	Suites       []uint16
	Extensions   []uint16
	ServerName   string
	Groups       []uint16
	PointFormats []uint8
	Signatures   []uint16
	ALPN         []string
	Versions     []uint16 // supported_versions
	Ticket       []byte   // of TLS 1.2; part of the message parsed
	EarlyData    bool
}

var errHello = errors.New("malformed hello")

// ParseClientHello reads the body of a ClientHello message, that is without the
// four bytes of its handshake header. The result refers to b.
func ParseClientHello(b []byte) (*ClientHello, error) {
	h := &ClientHello{}
	s := cryptobyte.String(b)
	var id, list, compression cryptobyte.String
	if !s.ReadUint16(&h.Version) || !s.CopyBytes(h.Random[:]) || !s.ReadUint8LengthPrefixed(&id) ||
		!s.ReadUint16LengthPrefixed(&list) || !s.ReadUint8LengthPrefixed(&compression) {
		return nil, errHello
	}
	h.SessionID = id
	ok := readAll16(list, &h.Suites) && eachExtension(s, func(id uint16, body cryptobyte.String) bool {
		h.Extensions = append(h.Extensions, id)
		return h.extension(id, body)
	})
	if !ok {
		return nil, errHello
	}
	return h, nil
}

func (h *ClientHello) extension(id uint16, body cryptobyte.String) bool {
	var list cryptobyte.String
	switch id {
	case extServerName:
		return readServerName(body, &h.ServerName)
	case extGroups:
		return body.ReadUint16LengthPrefixed(&list) && readAll16(list, &h.Groups)
	case extPointFormats:
		ok := body.ReadUint8LengthPrefixed(&list)
		h.PointFormats = list
		return ok
	case extSignatures:
		return body.ReadUint16LengthPrefixed(&list) && readAll16(list, &h.Signatures)
	case extALPN:
		return readProtocols(body, &h.ALPN)
	case extSupportedVersions:
		return body.ReadUint8LengthPrefixed(&list) && readAll16(list, &h.Versions)
	case extTicket:
		h.Ticket = body
	case extEarlyData:
		h.EarlyData = true
	}
	return true
}

// serverHello is what the server chose (RFC 8446 §4.1.3, RFC 5246 §7.4.1.3).
type serverHello struct {
	legacy         uint16 // legacy_version
	version        uint16 // the one negotiated
	random         [32]byte
	sessionID      []byte
	suite          uint16
	compression    uint8
	extensions     []uint16
	alpn           []string
	encryptThenMAC bool
	preSharedKey   bool
}

// retryRandom marks a HelloRetryRequest: SHA-256 of that word (RFC 8446 §4.1.3).
var retryRandom = [32]byte{
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
	0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
}

func (h *serverHello) retry() bool { return h.random == retryRandom }

func parseServerHello(b []byte) (*serverHello, error) {
	h := &serverHello{}
	s := cryptobyte.String(b)
	var id cryptobyte.String
	if !s.ReadUint16(&h.legacy) || !s.CopyBytes(h.random[:]) {
		return nil, errHello
	}
	early := draft13(h.legacy) // until draft 22 there was less in it
	if !early && !s.ReadUint8LengthPrefixed(&id) || !s.ReadUint16(&h.suite) || !early && !s.ReadUint8(&h.compression) {
		return nil, errHello
	}
	h.version, h.sessionID = h.legacy, id
	if !eachExtension(s, h.extension) {
		return nil, errHello
	}
	return h, nil
}

// draft13 reports whether v is a draft of TLS 1.3 whose key schedule is that of
// the standard: 20 to 28. Old captures have them.
func draft13(v uint16) bool { return 0x7f14 <= v && v <= 0x7f1c }

func (h *serverHello) extension(id uint16, body cryptobyte.String) bool {
	h.extensions = append(h.extensions, id)
	switch id {
	case extSupportedVersions:
		return body.ReadUint16(&h.version)
	case extALPN:
		return readProtocols(body, &h.alpn)
	case extEncryptThenMAC:
		h.encryptThenMAC = true
	case extPreSharedKey:
		h.preSharedKey = true
	}
	return true
}

// encryptedExtensions is the rest of the server's choices (RFC 8446 §4.3.1).
type encryptedExtensions struct {
	alpn      []string
	earlyData bool
}

func parseEncryptedExtensions(b []byte) (*encryptedExtensions, error) {
	h := &encryptedExtensions{}
	ok := eachExtension(b, func(id uint16, body cryptobyte.String) bool {
		switch id {
		case extALPN:
			return readProtocols(body, &h.alpn)
		case extEarlyData:
			h.earlyData = true
		}
		return true
	})
	if !ok {
		return nil, errHello
	}
	return h, nil
}

// eachExtension calls f for each extension of a hello's end, which may be
// missing altogether (RFC 5246 §7.4.1.4).
func eachExtension(s cryptobyte.String, f func(id uint16, body cryptobyte.String) bool) bool {
	if s.Empty() {
		return true
	}
	var list cryptobyte.String
	if !s.ReadUint16LengthPrefixed(&list) || !s.Empty() {
		return false
	}
	for !list.Empty() {
		var id uint16
		var body cryptobyte.String
		if !list.ReadUint16(&id) || !list.ReadUint16LengthPrefixed(&body) || !f(id, body) {
			return false
		}
	}
	return true
}

func readAll16(s cryptobyte.String, to *[]uint16) bool {
	*to = make([]uint16, 0, len(s)/2)
	for !s.Empty() {
		var v uint16
		if !s.ReadUint16(&v) {
			return false
		}
		*to = append(*to, v)
	}
	return true
}

// readServerName reads the name of type host_name (RFC 6066 §3).
func readServerName(s cryptobyte.String, to *string) bool {
	var list, name cryptobyte.String
	if s.Empty() {
		return true
	}
	if !s.ReadUint16LengthPrefixed(&list) {
		return false
	}
	for !list.Empty() {
		var kind uint8
		if !list.ReadUint8(&kind) || !list.ReadUint16LengthPrefixed(&name) {
			return false
		}
		if kind == 0 && *to == "" {
			*to = string(name)
		}
	}
	return true
}

func readProtocols(s cryptobyte.String, to *[]string) bool {
	var list, name cryptobyte.String
	if !s.ReadUint16LengthPrefixed(&list) {
		return false
	}
	for !list.Empty() {
		if !list.ReadUint8LengthPrefixed(&name) {
			return false
		}
		*to = append(*to, string(name))
	}
	return true
}
