package tlswire

import (
	"encoding/binary"

	"why403/capture"
)

// Conn reads one TLS connection.
type Conn struct {
	d     *Decrypter
	sink  Sink
	facts Facts
	sides [2]side

	offer   offer
	choice  choice
	current record // the one being read, so that it takes no allocation
	version uint16 // once known, which a HelloRetryRequest makes earlier than the choice

	waiting []record // that cannot be read yet, in the order of the capture
	held    int      // bytes of them
	patient bool     // records may wait
	stirred bool     // something happened that may let them go on
	grown   uint64   // the key log's, when it was last asked
}

// offer is what matters of the last ClientHello.
type offer struct {
	seen       bool
	random     [32]byte
	session    sessionKey
	hasSession bool
	ticket     sessionKey
	hasTicket  bool
	early      bool
}

// choice is what matters of the ServerHello that answered it.
type choice struct {
	seen    bool
	suite   *suite
	pair    pair12 // TLS 1.2
	echoed  bool   // the client's session ID: a resumption in TLS 1.2
	full    bool   // TLS 1.2: a message that no resumption has was seen
	session sessionKey
}

// side is one direction's state.
type side struct {
	stream stream
	msgs   []byte // the beginning of a handshake message
	skip   int    // bytes of a message that does not matter

	began   bool // its first handshake message was seen
	cut     bool // a gap: nothing after it is read
	ended   bool
	closed  bool // nothing more is read
	blocked bool // records of it wait
	hole    bool // a problem that did not close it was reported

	sealed   bool // TLS 1.2: its ChangeCipherSpec was seen
	finished bool
	open     opener // TLS 1.2; nil without a key
	seq      uint64 // number of the next record under the current key

	stage   stage // TLS 1.3
	openers [stages]opener
	secret  []byte // traffic secret after a KeyUpdate
	skipped int    // bytes that no key opened
}

// Data takes the next bytes of a direction, in order and without duplicates. It
// keeps no reference to b.
func (c *Conn) Data(dir Dir, at capture.Instant, b []byte) {
	c.Retry()
	s := &c.sides[dir]
	for len(b) > 0 && !s.closed && !s.cut {
		whole, rest, ok := s.stream.next(b, &c.d.buffers)
		if !ok {
			c.enter(&record{dir: dir, at: at, offset: s.stream.done, typ: notTLS})
			return
		}
		if whole == nil {
			return
		}
		c.current = record{
			dir: dir, at: at, offset: s.stream.done,
			typ: whole[0], version: binary.BigEndian.Uint16(whole[1:]), body: whole[headerLen:],
		}
		c.enter(&c.current)
		c.current.body = nil
		s.stream.finish(len(whole), &c.d.buffers)
		b = rest
	}
}

// Gap says that n bytes of a direction are missing.
func (c *Conn) Gap(dir Dir, at capture.Instant, n int64) {
	if s := &c.sides[dir]; !s.closed && !s.cut {
		c.enter(&record{dir: dir, at: at, offset: s.stream.done, typ: gapHere})
	}
}

// End says that no more bytes of a direction will come. Once both directions
// have ended, everything has been emitted; until then late keys are waited for.
func (c *Conn) End(dir Dir, at capture.Instant) {
	c.sides[dir].ended = true
	c.stirred = true
	if c.sides[FromClient].ended && c.sides[FromServer].ended {
		c.patient = false
	}
	c.settle()
	if !c.patient {
		c.unopenedAtEnd(FromClient, at)
		c.unopenedAtEnd(FromServer, at)
	}
}

// Retry tries records that wait for keys again, if the key log grew. Data does
// so too.
func (c *Conn) Retry() {
	if len(c.waiting) > 0 && c.grown != c.d.Keys.grown {
		c.grown = c.d.Keys.grown
		c.stirred = true
		c.settle()
	}
}

// Facts returns what is known so far. It stays the Conn's.
func (c *Conn) Facts() *Facts { return &c.facts }

// fail closes a direction.
func (c *Conn) fail(r *record, p Problem) {
	s := &c.sides[r.dir]
	if s.closed {
		return
	}
	s.closed = true
	s.stream.drop(&c.d.buffers)
	s.msgs, s.openers, s.open = nil, [stages]opener{}, nil
	c.stirred = true
	p.Closed = true
	c.report(r, p)
}

// failBoth closes both directions for something that concerns both.
func (c *Conn) failBoth(r *record, p Problem) {
	c.fail(r, p)
	dir := FromServer - r.dir
	c.fail(&record{dir: dir, at: r.at, offset: c.sides[dir].stream.done}, p)
}

// missed reports a hole that does not close the direction, once.
func (c *Conn) missed(r *record, p Problem) {
	if s := &c.sides[r.dir]; !s.hole {
		s.hole = true
		c.report(r, p)
	}
}

func (c *Conn) report(r *record, p Problem) {
	p.ClientRandom, p.Offset = c.offer.random, r.offset
	c.sink.Trouble(r.dir, r.at, &p)
}
