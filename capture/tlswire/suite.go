package tlswire

import (
	"crypto"
	_ "crypto/sha256" // for crypto.SHA256
	_ "crypto/sha512" // for crypto.SHA384
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// suite is what a cipher suite says about records. How the key was agreed does
// not matter here, so that every suite with a known protection works.
type suite struct {
	name   string
	sealed sealing
	keyLen int         // bytes
	prf    crypto.Hash // of the key schedule (RFC 5246 §5, RFC 8446 §7.1)
	mac    crypto.Hash // of CBC suites
	tagLen int         // of CCM suites
}

// sealing is how records are protected.
type sealing uint8

const (
	unsupported sealing = iota
	gcm
	ccm
	chacha
	cbc
)

// suiteList is the IANA registry as far as it is in use: number and name a line.
//
//go:embed suites.txt
var suiteList string

var suites = sync.OnceValue(func() map[uint16]*suite {
	table := make(map[uint16]*suite)
	for line := range strings.Lines(suiteList) {
		id, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		if n, err := strconv.ParseUint(id, 16, 16); err == nil {
			table[uint16(n)] = parseSuite(name)
		}
	}
	return table
})

// parseSuite reads the protection out of a suite's IANA name, which says it all:
// TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256. The hash at the end is the MAC's in CBC
// suites and the PRF's in others; CCM suites use SHA-256 (RFC 6655 §3).
func parseSuite(name string) *suite {
	s := &suite{name: name, prf: crypto.SHA256}
	cipher := strings.TrimPrefix(name, "TLS_")
	if _, after, ok := strings.Cut(name, "_WITH_"); ok {
		cipher = after
	}
	if strings.HasSuffix(cipher, "SHA384") {
		s.prf = crypto.SHA384
	}
	switch {
	case strings.HasPrefix(cipher, "AES_128_"):
		s.keyLen = 16
	case strings.HasPrefix(cipher, "AES_256_"), strings.HasPrefix(cipher, "CHACHA20_"):
		s.keyLen = 32
	default:
		return s
	}
	switch {
	case strings.Contains(cipher, "_GCM_"):
		s.sealed = gcm
	case strings.Contains(cipher, "_CCM_8"):
		s.sealed, s.tagLen = ccm, 8
	case strings.Contains(cipher, "_CCM"):
		s.sealed, s.tagLen = ccm, 16
	case strings.HasPrefix(cipher, "CHACHA20_POLY1305"):
		s.sealed = chacha
	case strings.Contains(cipher, "_CBC_"):
		s.sealed, s.mac = cbc, s.prf
		if strings.HasSuffix(cipher, "_SHA") {
			s.mac = crypto.SHA1
		}
	}
	return s
}

// findSuite returns the suite with that number, nil if its records cannot be read.
func findSuite(id uint16) *suite {
	if s := suites()[id]; s != nil && s.sealed != unsupported {
		return s
	}
	return nil
}

// SuiteName returns the IANA name of a cipher suite, "0x5600" for one that is
// not in the list.
func SuiteName(id uint16) string {
	if s := suites()[id]; s != nil {
		return s.name
	}
	return fmt.Sprintf("%#04x", id)
}
