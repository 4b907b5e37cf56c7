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

var errHello = errors.New("malformed hello")

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
