package tlswire

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
)

// JA3 returns the JA3 fingerprint of the hello: the MD5 of version, suites,
// extensions, groups and point formats, each list without GREASE
// (github.com/salesforce/ja3).
func (h *ClientHello) JA3() string {
	points := make([]uint16, len(h.PointFormats))
	for i, p := range h.PointFormats {
		points[i] = uint16(p)
	}
	return md5Hex(fmt.Sprintf("%d,%s,%s,%s,%s", h.Version, decimals(h.Suites),
		decimals(h.Extensions), decimals(h.Groups), decimals(points)))
}

// ja3s is the server's: version, suite and extensions.
func (h *serverHello) ja3s() string {
	return md5Hex(fmt.Sprintf("%d,%d,%s", h.legacy, h.suite, decimals(h.extensions)))
}

// JA4 returns the JA4 fingerprint of the hello over TCP, as in
// "t13d1516h2_8daaf6152771_b186095e22b6" (github.com/FoxIO-LLC/ja4). Unlike JA3
// it does not change when a client shuffles its extensions. Its counterpart for
// servers, JA4S, is under a licence that forbids some uses, and so left out.
func (h *ClientHello) JA4() string {
	suites, extensions := noGrease(h.Suites), noGrease(h.Extensions)
	name := byte('i')
	if slices.Contains(extensions, extServerName) {
		name = 'd'
	}
	head := fmt.Sprintf("t%s%c%02d%02d%s", h.ja4Version(), name,
		min(len(suites), 99), min(len(extensions), 99), h.ja4Protocol())

	slices.Sort(suites)
	slices.Sort(extensions)
	extensions = slices.DeleteFunc(extensions, func(e uint16) bool { return e == extServerName || e == extALPN })
	rest := hexes(extensions)
	if signatures := noGrease(h.Signatures); len(signatures) > 0 && rest != "" {
		rest += "_" + hexes(signatures)
	}
	return head + "_" + sha256Short(hexes(suites)) + "_" + sha256Short(rest)
}

// ja4Version is the highest version offered.
func (h *ClientHello) ja4Version() string {
	v := h.Version
	if offered := noGrease(h.Versions); len(offered) > 0 {
		v = slices.Max(offered)
	}
	switch v {
	case 0x0300:
		return "s3"
	case 0x0301, 0x0302, 0x0303, 0x0304:
		return strconv.Itoa(10 + int(v-0x0301))
	}
	return "00"
}

// ja4Protocol is the first and last character of the first protocol offered, or
// of its hexadecimal form if they are not alphanumeric.
func (h *ClientHello) ja4Protocol() string {
	if len(h.ALPN) == 0 || h.ALPN[0] == "" {
		return "00"
	}
	p := h.ALPN[0]
	if !alphanumeric(p[0]) || !alphanumeric(p[len(p)-1]) {
		p = hex.EncodeToString([]byte(p))
	}
	return string([]byte{p[0], p[len(p)-1]})
}

func alphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// noGrease returns list without the values that clients sprinkle in to keep
// servers tolerant: 0x0a0a, 0x1a1a … 0xfafa (RFC 8701 §2).
func noGrease(list []uint16) []uint16 {
	return slices.DeleteFunc(slices.Clone(list), isGrease)
}

func isGrease(v uint16) bool { return v&0x0f0f == 0x0a0a && v>>8 == v&0xff }

func decimals(list []uint16) string {
	var b []byte
	for i, v := range noGrease(list) {
		if i > 0 {
			b = append(b, '-')
		}
		b = strconv.AppendUint(b, uint64(v), 10)
	}
	return string(b)
}

// hexes writes each value with four digits, commas between them.
func hexes(list []uint16) string {
	b := make([]byte, 0, len("0000,")*len(list))
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = hex.AppendEncode(b, []byte{byte(v >> 8), byte(v)})
	}
	return string(b)
}

func md5Hex(s string) string {
	sum := md5.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

func sha256Short(s string) string {
	if s == "" {
		return "000000000000"
	}
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:6])
}
