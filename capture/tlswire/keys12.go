package tlswire

import (
	"crypto/aes"
	"crypto/hmac"
)

// pair12 is what a TLS 1.2 handshake agrees on for both directions.
type pair12 struct {
	suite          *suite
	encryptThenMAC bool
	clientRandom   [32]byte
	serverRandom   [32]byte
}

// newOpener cuts the keys of one direction out of the key block (RFC 5246 §6.3):
// MAC keys, keys and IVs, the client's before the server's.
func (p *pair12) newOpener(m *macs, dir Dir, master []byte) (opener, error) {
	macLen, ivLen := 0, 0
	switch p.suite.sealed {
	case cbc:
		macLen = p.suite.mac.Size() // the IV travels with each record
	case chacha:
		ivLen = 12
	default:
		ivLen = 4
	}
	seed := append(p.serverRandom[:], p.clientRandom[:]...)
	block := prf12(m.keyed(p.suite.prf, master), "key expansion", seed, 2*(macLen+p.suite.keyLen+ivLen))
	mine := func(n int) []byte {
		pair := block[:2*n]
		block = block[2*n:]
		return pair[int(dir)*n:][:n]
	}
	mac, key, iv := mine(macLen), mine(p.suite.keyLen), mine(ivLen)
	if p.suite.sealed == cbc {
		return p.newCBC(mac, key)
	}
	aead, err := p.suite.newAEAD(key)
	if err != nil {
		return nil, err
	}
	a := &aead12{aead: aead, explicit: ivLen == 4}
	copy(a.iv[:], iv)
	return a, nil
}

func (p *pair12) newCBC(mac, key []byte) (opener, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return &cbcOpener{block: block, mac: hmac.New(p.suite.mac.New, mac), encryptThenMAC: p.encryptThenMAC}, nil
}

// prf12 is the pseudorandom function of TLS 1.2 (RFC 5246 §5): P_hash over label
// and seed.
func prf12(hash *mac, label string, seed []byte, length int) []byte {
	seed = append([]byte(label), seed...)
	var out []byte
	for a := hash.append(nil, seed); len(out) < length; a = hash.append(a[:0], a) {
		out = hash.append(out, a, seed)
	}
	return out[:length]
}
