package tlswire

// guess finds the suite of a connection whose ServerHello is missing: the length
// of the secrets leaves few, and the tag proves it.
func (c *Conn) guess(r *record) bool {
	if r.dir != FromClient || c.offer.early {
		return false
	}
	for _, id := range []uint16{0x1301, 0x1302, 0x1303, 0x1304, 0x1305} {
		c.choice.suite = findSuite(id)
		c.begin13()
		for st := stageHandshake; st < stages; st++ {
			open, _ := c.opener(FromClient, st)
			if open == nil {
				continue
			}
			if _, ok := open.open(c.d.scratch[:0], 0, r); ok {
				c.choice.seen = true
				c.facts.Version, c.facts.Suite = versionTLS13, id
				return true
			}
		}
		c.sides[FromClient].openers = [stages]opener{}
	}
	return false
}

// logged13 reports whether the key log has a TLS 1.3 secret of this connection.
func (c *Conn) logged13() bool {
	for l := clientEarly; l < labels; l++ {
		if _, ok := c.d.Keys.find(&c.offer.random, l); ok {
			return true
		}
	}
	return false
}
