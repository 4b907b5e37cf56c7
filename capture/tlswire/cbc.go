package tlswire

import (
	"crypto/cipher"
	"crypto/hmac"
	"hash"
)

// cbcOpener opens TLS 1.2 records of CBC suites: IV, then the content and its MAC
// encrypted (RFC 5246 §6.2.3.2), or the MAC after what is encrypted (RFC 7366
// §3). It need not be constant in time: nobody waits for its answers.
type cbcOpener struct {
	block          cipher.Block
	mac            hash.Hash // keyed
	encryptThenMAC bool
	sum            []byte // reused
}

func (c *cbcOpener) open(dst []byte, seq uint64, r *record) ([]byte, bool) {
	body := r.body
	if c.encryptThenMAC {
		split := len(body) - c.mac.Size()
		if split < 0 || !c.authentic(seq, r, body[:split], body[split:]) {
			return nil, false
		}
		body = body[:split]
	}
	start := len(dst)
	dst, ok := c.decrypt(dst, body)
	if !ok {
		return nil, false
	}
	if c.encryptThenMAC {
		return dst, true
	}
	split := len(dst) - c.mac.Size()
	if split < start || !c.authentic(seq, r, dst[start:split], dst[split:]) {
		return nil, false
	}
	return dst[:split], true
}

// decrypt appends what body holds to dst, without the padding.
func (c *cbcOpener) decrypt(dst, body []byte) ([]byte, bool) {
	size := c.block.BlockSize()
	if len(body) < 2*size || len(body)%size != 0 {
		return nil, false
	}
	start := len(dst)
	dst = append(dst, body[size:]...)
	plain := dst[start:]
	cipher.NewCBCDecrypter(c.block, body[:size]).CryptBlocks(plain, plain)
	pad := int(plain[len(plain)-1])
	if pad+1 > len(plain) {
		return nil, false
	}
	for _, p := range plain[len(plain)-1-pad:] {
		if int(p) != pad {
			return nil, false
		}
	}
	return dst[:len(dst)-1-pad], true
}

func (c *cbcOpener) authentic(seq uint64, r *record, content, mac []byte) bool {
	head := r.pseudoHeader(seq, len(content))
	c.mac.Reset()
	c.mac.Write(head[:])
	c.mac.Write(content)
	c.sum = c.mac.Sum(c.sum[:0])
	return hmac.Equal(c.sum, mac)
}
