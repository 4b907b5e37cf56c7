package tlswire

import (
	"crypto"
	"hash"
)

// macs computes HMACs (RFC 2104) for the key schedules. A handshake takes a dozen of them under
// keys of its own, and those of crypto/hmac would each begin with new hashes.
type macs map[crypto.Hash]*mac

// mac is HMAC with one hash, under one key at a time. Keys are secrets of TLS, which are no
// longer than a block of the hash.
type mac struct {
	hash         hash.Hash
	inner, outer []byte // the key XOR 36…, XOR 5c…
	sum          []byte
}

// keyed returns the HMAC with a hash under a key, until it is asked for another.
func (m *macs) keyed(hash crypto.Hash, key []byte) *mac {
	h := (*m)[hash]
	if h == nil {
		if *m == nil {
			*m = macs{}
		}
		h = &mac{hash: hash.New()}
		h.inner, h.outer = make([]byte, h.hash.BlockSize()), make([]byte, h.hash.BlockSize())
		(*m)[hash] = h
	}
	for i := range h.inner {
		var k byte
		if i < len(key) {
			k = key[i]
		}
		h.inner[i], h.outer[i] = k^0x36, k^0x5c
	}
	return h
}

// append adds the code of a message, which may be in parts, to dst.
func (m *mac) append(dst []byte, parts ...[]byte) []byte {
	m.hash.Reset()
	m.hash.Write(m.inner)
	for _, p := range parts {
		m.hash.Write(p)
	}
	m.sum = m.hash.Sum(m.sum[:0])
	m.hash.Reset()
	m.hash.Write(m.outer)
	m.hash.Write(m.sum)
	return m.hash.Sum(dst)
}
