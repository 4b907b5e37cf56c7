package tlswire

// message13 takes a sealed message.
func (c *Conn) message13(r *record, typ uint8, body []byte) {
	s := &c.sides[r.dir]
	switch {
	case typ == msgEncryptedExtensions && r.dir == FromServer && s.stage == stageHandshake:
		c.encryptedExtensions(r, body)
	case typ == msgEndOfEarlyData && r.dir == FromClient && s.stage == stageEarly:
		s.enter(stageHandshake)
	case typ == msgFinished && s.stage == stageHandshake:
		s.enter(stageTraffic)
		c.stirred = true
		if r.dir == FromClient {
			c.facts.Secured = r.at
		}
	case typ == msgKeyUpdate && s.stage == stageTraffic:
		c.updateKey(r.dir)
	}
}

func (c *Conn) encryptedExtensions(r *record, body []byte) {
	h, err := parseEncryptedExtensions(body)
	if err != nil {
		c.fail(r, Problem{Reason: Malformed, Detail: "EncryptedExtensions"})
		return
	}
	if len(h.alpn) > 0 {
		c.facts.ALPN = h.alpn[0]
	}
	switch {
	case h.earlyData:
		c.facts.EarlyData = EarlyAccepted
	case c.facts.EarlyData == EarlyOffered:
		c.facts.EarlyData = EarlyRejected
	}
	c.stirred = true
}

// updateKey follows a KeyUpdate (RFC 8446 §4.6.3).
func (c *Conn) updateKey(dir Dir) {
	s := &c.sides[dir]
	if s.secret == nil {
		s.secret, _ = c.d.Keys.find(&c.offer.random, labelOf(dir, stageTraffic))
	}
	s.secret = c.choice.suite.nextSecret(&c.d.macs, s.secret)
	s.openers[stageTraffic], _ = c.choice.suite.newOpener13(&c.d.macs, s.secret, c.bare()) // the lengths fit the suite
	s.seq = 0
}
