package tcp

import (
	"time"

	"why403/capture"
	"why403/capture/packet"
)

// Assembler reassembles all connections of a capture. It is not safe for
// concurrent use.
type Assembler struct {
	opt   Options
	start func(*Conn) Stream
	table table
	stats Stats

	waiting int             // bytes that wait in all connections
	blocked []*Conn         // those with something that waits
	swept   capture.Instant // when they were last looked through
	ended   []*Conn         // kept a while to recognise stray segments, oldest first
	lru     lru
	now     capture.Instant
}

// New returns an assembler that calls start for each connection as it appears. A
// nil Stream ignores it.
func New(opt Options, start func(*Conn) Stream) *Assembler {
	return &Assembler{opt: opt.withDefaults(), start: start, table: newTable()}
}

// Stats returns the counts so far.
func (a *Assembler) Stats() Stats { return a.stats }

// Segment takes the next segment captured, at is its time (0: as the one before).
func (a *Assembler) Segment(at capture.Instant, s *packet.Segment) {
	if at == 0 {
		at = a.now
	}
	a.now = at
	if at.Sub(a.swept) > a.opt.Patience || at < a.swept {
		a.sweep(at)
	}
	c, d := a.table.find(s)
	if c != nil && s.Flags.Has(packet.SYN) && c.replaced(d, s) {
		a.close(c, Reused)
		a.table.forget(c)
		c = nil
	}
	if c == nil {
		if s.Len() == 0 && s.Flags&(packet.SYN|packet.FIN|packet.RST) == 0 { // an ending tells of a connection from before
			a.stats.Strays++
			return
		}
		c, d = a.create(s), First
	}
	if c.done {
		a.stats.Strays++
		return
	}
	a.lru.touch(c)
	c.last = at
	a.take(c, d, at, s)
}

// Advance says what time it is while no segments come, as in a live capture.
func (a *Assembler) Advance(at capture.Instant) {
	if at > a.now {
		a.now = at
		a.sweep(at)
	}
}

// create begins a connection.
func (a *Assembler) create(s *packet.Segment) *Conn {
	if len(a.table.conns) >= a.opt.Connections {
		a.evict()
	}
	a.stats.Connections++
	c := &Conn{ID: a.stats.Connections, Sides: [2]packet.Endpoint{s.Src, s.Dst}, key: keyOf(s)}
	if !s.Flags.Has(packet.SYN) {
		a.stats.Late++
	}
	a.table.put(c)
	if c.stream = a.start(c); c.stream == nil {
		c.stream, c.ignored = nobody{}, true
	}
	return c
}

// replaced reports whether a SYN belongs to another connection than c, which has
// its addresses.
func (c *Conn) replaced(d Dir, s *packet.Segment) bool {
	h, peer := &c.halves[d], &c.halves[1-d]
	switch {
	case h.opened:
		return !h.isSYN(s)
	case peer.opened && s.Flags.Has(packet.ACK) && s.Ack == uint32(peer.first): // answers its SYN
		return false
	case !h.based: // the first of this side
		return false
	}
	// A SYN behind its own data: it came late into the capture.
	if h.settled {
		return uint32(h.first) != s.Seq+1
	}
	first := h.next
	if k := h.head(); k != nil {
		first = k.pos
	}
	return uint32(first)-(s.Seq+1) > 1<<20
}

// evict makes room: ended connections first, then the one silent for longest.
func (a *Assembler) evict() {
	for len(a.ended) > 0 && len(a.table.conns) >= a.opt.Connections {
		a.bury()
	}
	if c := a.lru.oldest; c != nil && len(a.table.conns) >= a.opt.Connections {
		a.stats.Evicted++
		a.close(c, Evicted)
		a.table.forget(c)
	}
}

// Bounds on ended connections that are remembered: the last ACKs, and copies of
// the whole connection, must not look like new ones.
const (
	remembered = 1 << 12
	memory     = time.Minute
)

// sweep gives up waiting where the time for it is over.
func (a *Assembler) sweep(at capture.Instant) {
	a.swept = at
	still := a.blocked[:0]
	for _, c := range a.blocked {
		if !c.done {
			a.settleUp(c, at)
		}
		if c.blocked = !c.done && c.waits(); c.blocked {
			still = append(still, c)
		}
	}
	clear(a.blocked[len(still):])
	a.blocked = still
	for len(a.ended) > 0 && at.Sub(a.ended[0].last) > memory {
		a.bury()
	}
}

// Close ends all connections that are still open, in the order of their last
// packet.
func (a *Assembler) Close() {
	for c := a.lru.oldest; c != nil; c = a.lru.oldest {
		a.close(c, CaptureEnd)
	}
}

// close gives out what can be, says what is missing, and ends the stream.
func (a *Assembler) close(c *Conn, why Reason) {
	if c.done {
		return
	}
	a.drain(c)
	a.tail(c)
	if !c.halves[0].seen || !c.halves[1].seen {
		a.stats.OneSided++
	}
	if c.reset || c.halves[0].ended && c.halves[1].ended {
		why = Ended
	}
	c.stream.Close(c.last, why)
	c.stream, c.done = nobody{}, true
	a.lru.remove(c)
	if why == Ended {
		a.ended = append(a.ended, c)
	}
	if len(a.ended) > remembered {
		a.bury()
	}
}

// bury forgets the connection that ended first.
func (a *Assembler) bury() {
	a.table.forget(a.ended[0])
	a.ended[0] = nil // the array lives on
	a.ended = a.ended[1:]
}

// nobody is the stream of a connection that is not followed.
type nobody struct{}

func (nobody) Data(Dir, capture.Instant, []byte)        {}
func (nobody) Gap(Dir, capture.Instant, int64, Cause)   {}
func (nobody) End(Dir, capture.Instant, capture.Ending) {}
func (nobody) Close(capture.Instant, Reason)            {}
