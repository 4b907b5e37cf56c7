package tlswire

// newOpener13 derives key and IV of a traffic secret (RFC 8446 §7.3).
func (s *suite) newOpener13(m *macs, secret []byte, bare bool) (opener, error) {
	aead, err := s.newAEAD(s.expandLabel(m, secret, "key", s.keyLen))
	if err != nil {
		return nil, err
	}
	return &aead13{aead: aead, bare: bare, iv: [12]byte(s.expandLabel(m, secret, "iv", 12))}, nil
}

// nextSecret is the traffic secret after a KeyUpdate (RFC 8446 §7.2).
func (s *suite) nextSecret(m *macs, secret []byte) []byte {
	return s.expandLabel(m, secret, "traffic upd", s.prf.Size())
}

// expandLabel is HKDF-Expand-Label with an empty context (RFC 8446 §7.1), for what one block
// of output is enough for: T(1) = HMAC(secret, info 1) (RFC 5869 §2.3).
func (s *suite) expandLabel(m *macs, secret []byte, label string, length int) []byte {
	var room [32]byte
	info := append(room[:0], byte(length>>8), byte(length), byte(len("tls13 ")+len(label)))
	info = append(append(append(info, "tls13 "...), label...), 0, 1)
	return m.keyed(s.prf, secret).append(nil, info)[:length]
}
