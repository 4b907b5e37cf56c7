package tlswire

import "golang.org/x/crypto/cryptobyte"

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
