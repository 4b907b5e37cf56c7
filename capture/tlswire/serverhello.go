package tlswire

import "golang.org/x/crypto/cryptobyte"

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
