package tlswire

const (
	versionTLS12 = 0x0303
	versionTLS13 = 0x0304
)

// process reads one record. It reports whether that must wait.
func (c *Conn) process(r *record) (later bool) {
	s := &c.sides[r.dir]
	switch {
	case s.closed:
		return false
	case r.typ == gapHere:
		c.fail(r, Problem{Reason: Gap})
		return false
	case r.typ == notTLS:
		c.fail(r, Problem{Reason: Malformed, Detail: "no TLS record"})
		return false
	case c.tooEarly(r):
		return true
	case c.version == 0 && r.dir == FromClient && c.offer.seen && c.logged13():
		c.version = versionTLS13 // the server's hello will not come, but its keys tell
	}
	switch {
	case c.version >= versionTLS13 && r.typ == typeData:
		return c.open13(r)
	case c.version >= versionTLS13 && r.typ == typeCCS:
		return false // only for middleboxes (RFC 8446 §D.4)
	case s.sealed:
		return c.open12(r)
	}
	return c.content(r, r.typ, r.body, false)
}

// tooEarly reports whether r can be understood only after a hello that may still
// come: the server's side after the ClientHello; the client's, after its own
// hello, after the server's. A ChangeCipherSpec before that may mean anything,
// and early data needs the suite.
func (c *Conn) tooEarly(r *record) bool {
	if r.dir == FromServer {
		return !c.offer.seen && c.expects(FromClient)
	}
	whole := c.offer.seen && len(c.sides[FromClient].msgs) == 0
	switch {
	case !whole || r.typ == typeAlert || c.choice.seen:
		return false
	case c.version == 0:
		return c.expects(FromServer)
	}
	// After a HelloRetryRequest: the second ClientHello, or rejected early data.
	return r.typ == typeData && !c.offer.early && c.expects(FromServer)
}

// content takes what a record held, sealed or in clear.
func (c *Conn) content(r *record, typ uint8, b []byte, sealed bool) (later bool) {
	s := &c.sides[r.dir]
	switch typ {
	case typeHandshake:
		c.messages(r, b, sealed)
	case typeAlert:
		if len(b) == 2 {
			c.sink.Alert(r.dir, r.at, Alert{Fatal: b[0] == 2, Description: b[1]})
		}
	case typeCCS:
		if !s.began {
			c.lateStart(r)
			return false
		}
		return c.change12(r)
	case typeData:
		switch {
		case !sealed && !s.began:
			c.lateStart(r)
		case !sealed && !c.choice.seen:
			c.fail(r, Problem{Reason: OneDirection})
		case !sealed:
			c.fail(r, Problem{Reason: Malformed, Detail: "application data before the handshake is done"})
		case len(b) > 0:
			c.sink.Plain(r.dir, r.at, b)
		}
	}
	return false
}

// lateStart closes a direction that does not begin with a hello.
func (c *Conn) lateStart(r *record) {
	if c.offer.seen && r.dir == FromServer {
		c.fail(r, Problem{Reason: Malformed, Detail: "no ServerHello"})
		return
	}
	c.fail(r, Problem{Reason: StartedLate})
}
