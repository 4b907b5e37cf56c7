package tlswire

import "crypto/sha256"

// sessions remembers which handshake made a TLS 1.2 session, since a resumed one
// uses the same master secret and most libraries log no line for it again. It
// maps session IDs (RFC 5246 §7.4.1.3) and tickets (RFC 5077 §3.3) to the client
// random of that handshake, and forgets the oldest.
type sessions struct {
	origin map[sessionKey][32]byte
	order  []sessionKey // a ring
	next   int
}

// sessionKey is a hash of a session ID or ticket: a ticket may be 64 KiB long.
type sessionKey [16]byte

// maxSessions takes about 10 MB.
const maxSessions = 100_000

func keyOfSession(id []byte) sessionKey {
	sum := sha256.Sum256(id)
	return sessionKey(sum[:16])
}

func (s *sessions) put(key sessionKey, random [32]byte) {
	if s.origin == nil {
		s.origin = make(map[sessionKey][32]byte)
	}
	if _, known := s.origin[key]; !known {
		s.remember(key)
	}
	s.origin[key] = random
}

func (s *sessions) remember(key sessionKey) {
	if len(s.order) < maxSessions {
		s.order = append(s.order, key)
		return
	}
	delete(s.origin, s.order[s.next])
	s.order[s.next] = key
	s.next = (s.next + 1) % maxSessions
}

func (s *sessions) find(key sessionKey) ([32]byte, bool) {
	random, ok := s.origin[key]
	return random, ok
}
