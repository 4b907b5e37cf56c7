package tlswire

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"

	"golang.org/x/crypto/chacha20poly1305"
)

// opener undoes the protection of one direction's records.
type opener interface {
	// open appends the content of record number seq to dst, which must not
	// overlap the record, and reports whether it is authentic.
	open(dst []byte, seq uint64, r *record) ([]byte, bool)
}

// newAEAD returns the suite's cipher.
func (s *suite) newAEAD(key []byte) (cipher.AEAD, error) {
	if s.sealed == chacha {
		return chacha20poly1305.New(key)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	if s.sealed == ccm {
		return newCCM(block, s.tagLen), nil
	}
	return cipher.NewGCM(block)
}

// aead13 opens TLS 1.3 records (RFC 8446 §5.2, §5.3): the nonce is the record
// number XORed with the IV, the additional data the record's header.
type aead13 struct {
	aead      cipher.AEAD
	bare      bool // no additional data, as before draft 25
	iv, nonce [12]byte
	data      [5]byte
}

func (a *aead13) open(dst []byte, seq uint64, r *record) ([]byte, bool) {
	xorNonce(&a.nonce, &a.iv, seq)
	a.data = r.header()
	data := a.data[:]
	if a.bare {
		data = nil
	}
	out, err := a.aead.Open(dst, a.nonce[:], r.body, data)
	return out, err == nil
}

func xorNonce(nonce, iv *[12]byte, seq uint64) {
	*nonce = *iv
	low := nonce[4:]
	binary.BigEndian.PutUint64(low, binary.BigEndian.Uint64(low)^seq)
}

// aead12 opens TLS 1.2 records of AEAD suites (RFC 5246 §6.2.3.3). GCM (RFC 5288
// §3) and CCM (RFC 6655 §3) send eight bytes of the nonce with the record after
// a salt of four; ChaCha20 (RFC 7905 §2) makes the nonce as TLS 1.3 does.
type aead12 struct {
	aead      cipher.AEAD
	explicit  bool
	iv, nonce [12]byte
	data      [13]byte
}

const explicitNonce = 8

func (a *aead12) open(dst []byte, seq uint64, r *record) ([]byte, bool) {
	body := r.body
	if a.explicit {
		if len(body) < explicitNonce {
			return nil, false
		}
		copy(a.nonce[copy(a.nonce[:], a.iv[:4]):], body[:explicitNonce])
		body = body[explicitNonce:]
	} else {
		xorNonce(&a.nonce, &a.iv, seq)
	}
	if len(body) < a.aead.Overhead() {
		return nil, false
	}
	a.data = r.pseudoHeader(seq, len(body)-a.aead.Overhead())
	out, err := a.aead.Open(dst, a.nonce[:], body, a.data[:])
	return out, err == nil
}
