package tcp

import (
	"why403/capture"
	"why403/capture/packet"
)

// take applies one segment to its connection.
func (a *Assembler) take(c *Conn, d Dir, at capture.Instant, s *packet.Segment) {
	h, peer := &c.halves[d], &c.halves[1-d]
	if s.Flags.Has(packet.SYN) {
		c.syn(d, at, s)
	} else if c.SYNACK.Seen() && d == c.opener && !c.Established.Seen() {
		c.Established = at
	}
	h.seen = true
	var ack uint64
	if s.Flags.Has(packet.ACK) {
		ack = peer.acknowledge(s.Ack, at)
		if s.Flags.Has(packet.SYN) && !peer.settled && ack != 0 { // of the SYN
			peer.settled, peer.first, peer.next = true, ack, ack
		}
		// The opener's first segment behind its SYN acknowledges the peer's.
		peer.exact = peer.exact || ack != 0 && ack == peer.low && h.opened && uint32(h.first) == s.Seq
	}
	if s.Len() > 0 {
		a.stats.Payloads++
	}
	switch {
	case s.Flags.Has(packet.RST):
		a.reset(c, d, at, s)
	case s.Len() > 0 || s.Flags.Has(packet.FIN):
		a.payload(c, d, at, s, ack)
	}
	a.settleUp(c, at)
	a.keep(c)
}

// settleUp gives out what can be, and closes a connection that has ended.
func (a *Assembler) settleUp(c *Conn, at capture.Instant) {
	if c.waits() {
		a.pump(c, at)
	}
	if c.reset || c.halves[0].ended && c.halves[1].ended {
		a.close(c, Ended)
	}
}

// syn notes the opening of a direction.
func (c *Conn) syn(d Dir, at capture.Instant, s *packet.Segment) {
	h := &c.halves[d]
	if h.opened { // again
		return
	}
	h.open(s.Seq)
	c.Late[d] = false
	if s.Flags.Has(packet.ACK) {
		c.SYNACK, c.opener = at, 1-d
	} else {
		c.SYN, c.opener = at, d
	}
}

// payload gives out what is in order, and keeps what is not.
func (a *Assembler) payload(c *Conn, d Dir, at capture.Instant, s *packet.Segment, ack uint64) {
	h := &c.halves[d]
	if h.ended {
		return
	}
	fin := s.Flags.Has(packet.FIN)
	if c.ignored {
		if fin {
			h.ended = true
			c.stream.End(d, at, capture.FIN)
		}
		return
	}
	seq := s.Seq
	if s.Flags.Has(packet.SYN) { // data on a SYN (RFC 7413) stands behind it
		seq++
	}
	pos, ok := h.position(seq)
	if !ok {
		a.stats.Strays++
		return
	}
	k := chunk{pos: pos, data: s.Payload, cut: s.Cut, ack: ack, at: at}
	if fin && (h.fin.pos == 0 || k.end() < h.fin.pos) && (!h.settled || k.end() >= h.next) {
		h.fin = chunk{pos: k.end(), ack: ack, at: at}
	}
	a.chunk(c, d, k)
}

// keep notes that c waits for something, if it does.
func (a *Assembler) keep(c *Conn) {
	if !c.done && c.waits() && !c.blocked {
		c.blocked = true
		a.blocked = append(a.blocked, c)
	}
}

// chunk gives out the payload of a segment, or keeps what is new of it.
func (a *Assembler) chunk(c *Conn, d Dir, k chunk) {
	h := &c.halves[d]
	if k.len() == 0 {
		return
	}
	if h.settled {
		if k.end() <= h.next {
			a.stats.Duplicates++
			return
		}
		k.trim(max(k.pos, h.next), k.end())
		if k.pos == h.next && len(h.queue) == 0 && c.answers(d, k.ack) {
			a.give(c, d, k, k.at)
			return
		}
	}
	kept := h.add(k)
	if kept == 0 {
		a.stats.Duplicates++
		return
	}
	a.stats.Disordered++
	a.waiting += kept
	a.relieve(c, d)
}

// answers reports whether a segment that acknowledges up to ack may be given out:
// the other direction has come that far.
func (c *Conn) answers(d Dir, ack uint64) bool {
	peer := &c.halves[1-d]
	return ack == 0 || !peer.seen || !peer.settled || ack <= peer.next
}

// relieve gives up waiting where too much waits.
func (a *Assembler) relieve(c *Conn, d Dir) {
	for a.flow(c); c.halves[d].bytes > a.opt.OutOfOrder; a.flow(c) {
		a.force(c, d, Limit)
	}
	for i := 0; a.waiting > a.opt.Memory && i < len(a.blocked); i++ {
		a.drain(a.blocked[i])
	}
}

// reset ends a connection if its receiver would have accepted the RST (RFC 9293
// §3.10.7.4): old and injected ones are without effect.
func (a *Assembler) reset(c *Conn, d Dir, at capture.Instant, s *packet.Segment) {
	h, peer := &c.halves[d], &c.halves[1-d]
	switch {
	case c.ignored: // nobody follows its positions
	case h.settled:
		pos, ok := h.position(s.Seq)
		if low := max(h.first, h.acked); !ok || pos < min(low, h.next) {
			a.stats.Strays++
			return
		}
	case s.Flags.Has(packet.ACK) && peer.opened && uint32(peer.next) != s.Ack && uint32(peer.first) != s.Ack:
		a.stats.Strays++
		return
	}
	if pos, ok := h.position(s.Seq); ok && h.settled && !h.ended && pos > h.next && !c.ignored { // sent before it
		h.fin = chunk{pos: pos, at: at, rst: true}
		return
	}
	a.drain(c)
	if !h.ended {
		h.ended = true
		c.stream.End(d, at, capture.RST)
	}
	a.close(c, Ended)
}
