package tlswire

import "crypto/hkdf"

// newOpener13 derives key and IV of a traffic secret (RFC 8446 §7.3).
func (s *suite) newOpener13(secret []byte, bare bool) (opener, error) {
	key, err := s.expandLabel(secret, "key", s.keyLen)
	if err != nil {
		return nil, err
	}
	iv, err := s.expandLabel(secret, "iv", 12)
	if err != nil {
		return nil, err
	}
	aead, err := s.newAEAD(key)
	if err != nil {
		return nil, err
	}
	return &aead13{aead: aead, bare: bare, iv: [12]byte(iv)}, nil
}

// nextSecret is the traffic secret after a KeyUpdate (RFC 8446 §7.2).
func (s *suite) nextSecret(secret []byte) ([]byte, error) {
	return s.expandLabel(secret, "traffic upd", s.prf.Size())
}

// expandLabel is HKDF-Expand-Label with an empty context (RFC 8446 §7.1).
func (s *suite) expandLabel(secret []byte, label string, length int) ([]byte, error) {
	label = "tls13 " + label
	info := append([]byte{byte(length >> 8), byte(length), byte(len(label))}, label...)
	return hkdf.Expand(s.prf.New, secret, string(append(info, 0)), length)
}
