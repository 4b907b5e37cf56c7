package tlswire

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"errors"
)

// ccmAEAD is AES-CCM with the 12-byte nonce of TLS (RFC 3610 with L = 3; RFC
// 5116 §5.3), which the standard library lacks.
type ccmAEAD struct {
	block  cipher.Block
	tagLen int
}

func newCCM(block cipher.Block, tagLen int) cipher.AEAD { return &ccmAEAD{block, tagLen} }

func (c *ccmAEAD) NonceSize() int { return 12 }
func (c *ccmAEAD) Overhead() int  { return c.tagLen }

var errOpen = errors.New("message authentication failed")

func (c *ccmAEAD) Open(dst, nonce, sealed, data []byte) ([]byte, error) {
	if len(sealed) < c.tagLen {
		return nil, errOpen
	}
	end := len(sealed) - c.tagLen
	start := len(dst)
	dst = append(dst, sealed[:end]...)
	plain := dst[start:]
	mask := c.crypt(plain, nonce)
	tag := c.mac(nonce, plain, data)
	subtle.XORBytes(tag[:], tag[:], mask[:])
	if subtle.ConstantTimeCompare(tag[:c.tagLen], sealed[end:]) != 1 {
		return nil, errOpen
	}
	return dst, nil
}

func (c *ccmAEAD) Seal(dst, nonce, plain, data []byte) []byte {
	tag := c.mac(nonce, plain, data)
	start := len(dst)
	dst = append(dst, plain...)
	mask := c.crypt(dst[start:], nonce)
	subtle.XORBytes(tag[:], tag[:], mask[:])
	return append(dst, tag[:c.tagLen]...)
}

// crypt runs b through counter mode (RFC 3610 §2.3) and returns block 0 of the
// key stream, which masks the tag.
func (c *ccmAEAD) crypt(b, nonce []byte) (mask [16]byte) {
	var counter [16]byte
	counter[0] = 3 - 1 // L - 1
	copy(counter[1:], nonce)
	stream := cipher.NewCTR(c.block, counter[:])
	stream.XORKeyStream(mask[:], mask[:])
	stream.XORKeyStream(b, b)
	return mask
}

// mac is the CBC-MAC over flags, nonce, lengths, data and message (RFC 3610
// §2.2). TLS never has more than 65,279 bytes of additional data.
func (c *ccmAEAD) mac(nonce, plain, data []byte) (tag [16]byte) {
	tag[0] = byte(1<<6 | (c.tagLen-2)/2<<3 | 3 - 1)
	copy(tag[1:], nonce)
	tag[13], tag[14], tag[15] = byte(len(plain)>>16), byte(len(plain)>>8), byte(len(plain))
	c.block.Encrypt(tag[:], tag[:])
	if len(data) > 0 {
		var first [16]byte
		binary.BigEndian.PutUint16(first[:], uint16(len(data)))
		n := copy(first[2:], data)
		c.absorb(&tag, first[:2+n])
		c.absorb(&tag, data[n:])
	}
	c.absorb(&tag, plain)
	return tag
}

// absorb takes b in blocks, the last one as if zeros followed it.
func (c *ccmAEAD) absorb(tag *[16]byte, b []byte) {
	for len(b) > 0 {
		n := min(16, len(b))
		subtle.XORBytes(tag[:n], tag[:n], b[:n])
		c.block.Encrypt(tag[:], tag[:])
		b = b[n:]
	}
}
