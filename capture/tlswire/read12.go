package tlswire

import "golang.org/x/crypto/cryptobyte"

// choose12 prepares for both ChangeCipherSpecs.
func (c *Conn) choose12(h *serverHello) {
	c.choice.pair = pair12{
		suite: c.choice.suite, encryptThenMAC: h.encryptThenMAC,
		clientRandom: c.offer.random, serverRandom: h.random,
	}
	if len(h.sessionID) == 0 {
		return
	}
	// A server that resumes sends back the client's session ID, also when the
	// session itself came in a ticket (RFC 5077 §3.4).
	c.choice.session = keyOfSession(h.sessionID)
	c.choice.echoed = c.offer.hasSession && c.choice.session == c.offer.session
	if c.choice.echoed {
		c.facts.Resumed = true
	} else {
		c.d.sessions.put(c.choice.session, c.offer.random)
	}
}

// message12 takes a message of the server after its hello.
func (c *Conn) message12(typ uint8, body []byte) {
	switch typ {
	case msgServerKeyExchange, msgServerHelloDone:
		c.choice.full = true
	case msgNewSessionTicket:
		s := cryptobyte.String(body)
		var ticket cryptobyte.String
		if s.Skip(4) && s.ReadUint16LengthPrefixed(&ticket) && len(ticket) > 0 { // lifetime, ticket
			c.d.sessions.put(keyOfSession(ticket), c.origin())
		}
	}
}

// origin is the client random of the handshake that made the session in use.
func (c *Conn) origin() [32]byte {
	if c.choice.full {
		return c.offer.random
	}
	if random, ok := c.d.sessions.find(c.choice.session); ok && c.choice.echoed {
		return random
	}
	if random, ok := c.d.sessions.find(c.offer.ticket); ok && c.offer.hasTicket {
		return random
	}
	return c.offer.random
}

// master returns the master secret: under this connection's client random, or,
// if a session was resumed, under that of the handshake that made it.
func (c *Conn) master() ([]byte, bool) {
	if secret, ok := c.d.Keys.find(&c.offer.random, master12); ok {
		return secret, true
	}
	random := c.origin()
	return c.d.Keys.find(&random, master12)
}

// change12 takes a ChangeCipherSpec of TLS 1.2: what follows in that direction is
// sealed with the keys just agreed on.
func (c *Conn) change12(r *record) (later bool) {
	s := &c.sides[r.dir]
	if !c.choice.seen || !c.offer.seen {
		if r.dir == FromClient && c.expects(FromServer) {
			return true
		}
		c.fail(r, Problem{Reason: OneDirection})
		return false
	}
	secret, ok := c.master()
	if !ok && c.d.Hold > 0 && c.patient {
		return true
	}
	if r.dir == FromServer && !c.choice.full {
		c.facts.Resumed = true
	}
	s.sealed, s.finished, s.seq, s.open = true, false, 0, nil
	if ok {
		// The lengths fit the suite, so that no cipher can object.
		s.open, _ = c.choice.pair.newOpener(&c.d.macs, r.dir, secret)
	}
	return false
}

// open12 reads a sealed record. The first one is the Finished message, which
// needs no key to be known.
func (c *Conn) open12(r *record) (later bool) {
	s := &c.sides[r.dir]
	if !s.finished {
		s.finished = true
		if c.sides[FromClient].finished && c.sides[FromServer].finished && c.facts.Secured == 0 {
			c.facts.Secured = r.at
		}
	}
	if s.open == nil {
		c.fail(r, Problem{Reason: NoKey})
		return false
	}
	b, ok := s.open.open(c.d.scratch[:0], s.seq, r)
	if !ok {
		c.fail(r, Problem{Reason: DecryptFailed})
		return false
	}
	open := s.open
	if later = c.content(r, r.typ, b, true); !later && s.open == open {
		s.seq++
	}
	return later
}
