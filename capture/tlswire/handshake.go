package tlswire

import "fmt"

// Handshake messages that matter (RFC 8446 §4, RFC 5246 §7.4).
const (
	msgClientHello         = 1
	msgServerHello         = 2
	msgNewSessionTicket    = 4
	msgEndOfEarlyData      = 5
	msgEncryptedExtensions = 8
	msgServerKeyExchange   = 12
	msgServerHelloDone     = 14
	msgFinished            = 20
	msgKeyUpdate           = 24
)

// matters reports whether a message's body is needed; others, certificates above
// all, are skipped without a buffer.
func matters(typ uint8) bool {
	switch typ {
	case msgClientHello, msgServerHello, msgNewSessionTicket, msgEncryptedExtensions, msgFinished, msgKeyUpdate:
		return true
	}
	return false
}

const (
	messageHeader = 4
	maxMessage    = 128 << 10
)

// messages takes handshake content, in which messages may begin and end anywhere
// (RFC 8446 §5.1): a byte of type, three of length, the body.
func (c *Conn) messages(r *record, b []byte, sealed bool) {
	s := &c.sides[r.dir]
	for !s.closed {
		n := min(s.skip, len(b))
		s.skip -= n
		if b = b[n:]; len(b) == 0 {
			return
		}
		if len(s.msgs) == 0 && whole(b) {
			n := messageLen(b)
			c.message(r, b[0], b[messageHeader:n], sealed)
			b = b[n:]
			continue
		}
		b = c.gather(r, s, b, sealed)
	}
}

// gather collects a message that spans records, or begins to skip it.
func (c *Conn) gather(r *record, s *side, b []byte, sealed bool) (rest []byte) {
	b = s.collect(b, messageHeader)
	if len(s.msgs) < messageHeader {
		return nil
	}
	typ, n := s.msgs[0], messageLen(s.msgs)
	switch {
	case !matters(typ):
		s.skip, s.msgs = n-messageHeader, nil
		c.message(r, typ, nil, sealed)
		return b
	case n > maxMessage:
		c.fail(r, Problem{Reason: Limit, Detail: fmt.Sprintf("handshake message of %d bytes", n)})
		return nil
	}
	if b = s.collect(b, n); len(s.msgs) == n {
		msg := s.msgs
		s.msgs = nil
		c.message(r, typ, msg[messageHeader:], sealed)
	}
	return b
}

// collect moves bytes from b until n bytes of the message are there.
func (s *side) collect(b []byte, n int) (rest []byte) {
	take := min(max(0, n-len(s.msgs)), len(b))
	s.msgs = append(s.msgs, b[:take]...)
	return b[take:]
}

func whole(b []byte) bool { return len(b) >= messageHeader && len(b) >= messageLen(b) }

func messageLen(b []byte) int {
	return messageHeader + int(b[1])<<16 + int(b[2])<<8 + int(b[3])
}

// message takes one handshake message. The body of those that do not matter may
// be missing.
func (c *Conn) message(r *record, typ uint8, body []byte, sealed bool) {
	s := &c.sides[r.dir]
	first := !s.began
	s.began = true
	switch {
	case typ == msgClientHello && r.dir == FromClient:
		c.clientHello(r, body)
	case typ == msgServerHello && r.dir == FromServer:
		c.serverHello(r, body)
	case typ == msgClientHello || typ == msgServerHello:
		c.failBoth(r, Problem{Reason: Malformed, Detail: "client and server are swapped"})
	case first:
		c.lateStart(r)
	case c.version >= versionTLS13 && sealed:
		c.message13(r, typ, body)
	case c.version == versionTLS12 && r.dir == FromServer:
		c.message12(typ, body)
	}
}

func (c *Conn) clientHello(r *record, body []byte) {
	h, err := ParseClientHello(body)
	if err != nil {
		c.fail(r, Problem{Reason: Malformed, Detail: "ClientHello"})
		return
	}
	if f := &c.facts; !c.offer.seen {
		f.ClientHello, f.ClientRandom = r.at, h.Random
		f.SNI, f.Offered = h.ServerName, h.ALPN
		prints := c.d.fingerprints.of(h)
		f.JA3, f.JA4 = prints.ja3, prints.ja4
		if h.EarlyData {
			f.EarlyData = EarlyOffered
		}
	}
	if c.choice.seen {
		c.choice = choice{} // a renegotiation
	}
	c.offer = offer{
		seen: true, random: h.Random, early: h.EarlyData,
		session: keyOfSession(h.SessionID), hasSession: len(h.SessionID) > 0,
		ticket: keyOfSession(h.Ticket), hasTicket: len(h.Ticket) > 0,
	}
	c.stirred = true
}

func (c *Conn) serverHello(r *record, body []byte) {
	h, err := parseServerHello(body)
	if err != nil {
		c.failBoth(r, Problem{Reason: Malformed, Detail: "ServerHello"})
		return
	}
	c.stirred = true
	c.version = h.version
	if draft13(h.version) {
		c.version = versionTLS13
	}
	f := &c.facts
	f.Version, f.Suite = h.version, h.suite
	if h.retry() {
		f.Retried = true
		if f.EarlyData == EarlyOffered {
			f.EarlyData = EarlyRejected
		}
		return
	}
	if f.ServerHello == 0 {
		f.ServerHello, f.JA3S = r.at, h.ja3s()
	}
	if len(h.alpn) > 0 {
		f.ALPN = h.alpn[0]
	}
	c.choose(r, h)
}

// choose takes the server's choice of version and suite.
func (c *Conn) choose(r *record, h *serverHello) {
	c.choice = choice{seen: true, suite: findSuite(h.suite)}
	switch {
	case c.version != versionTLS12 && c.version != versionTLS13:
		c.failBoth(r, Problem{Reason: UnsupportedVersion, Detail: VersionName(h.version)})
	case c.choice.suite == nil:
		c.failBoth(r, Problem{Reason: UnsupportedSuite, Detail: SuiteName(h.suite)})
	case h.compression != 0:
		c.failBoth(r, Problem{Reason: UnsupportedSuite, Detail: fmt.Sprintf("compression method %d", h.compression)})
	case c.version == versionTLS13:
		c.choose13(h)
	default:
		c.choose12(h)
	}
}
