package tcp

import "why403/capture"

// give hands a chunk at the expected position to the stream.
func (a *Assembler) give(c *Conn, d Dir, k chunk, at capture.Instant) {
	h := &c.halves[d]
	h.given = at
	if len(k.data) > 0 {
		h.pass(uint64(len(k.data)))
		if !c.ignored {
			c.stream.Data(d, at, k.data)
		}
	}
	if k.cut > 0 {
		a.gap(c, d, at, uint64(k.cut), SnapLen)
	}
}

// pass moves the expected position on.
func (h *half) pass(n uint64) {
	h.next += n
	if h.acked <= h.next {
		h.proven = 0
	}
}

func (a *Assembler) gap(c *Conn, d Dir, at capture.Instant, n uint64, why Cause) {
	c.halves[d].pass(n)
	if c.ignored {
		return
	}
	a.stats.Gaps++
	a.stats.GapBytes += int64(n)
	c.stream.Gap(d, at, int64(n), why)
}

// waits reports whether anything is kept back.
func (c *Conn) waits() bool { return c.halves[0].head() != nil || c.halves[1].head() != nil }

// pump gives out what it can and gives up on what has been waited for long enough.
func (a *Assembler) pump(c *Conn, at capture.Instant) {
	a.flow(c)
	for d, late := a.overdue(c, at); late; d, late = a.overdue(c, at) {
		a.force(c, d, Missed)
		a.flow(c)
	}
}

// drain gives out everything, with gaps for what is missing.
func (a *Assembler) drain(c *Conn) {
	for a.flow(c); c.waits(); a.flow(c) {
		a.force(c, c.earliest(), Missed)
	}
}

// flow gives out all that is in order.
func (a *Assembler) flow(c *Conn) {
	for a.step(c, First) || a.step(c, Second) {
	}
}

// step gives out the first thing that waits in a direction, if its turn has come.
func (a *Assembler) step(c *Conn, d Dir) bool {
	h := &c.halves[d]
	k := h.head()
	if k == nil {
		return false
	}
	if !h.settled {
		if h.acked == 0 || c.halves[1-d].opened { // the answer to the SYN may be late
			return false
		}
		c.settle(d)
	}
	if !h.ended && (k.pos > h.next || !c.answers(d, k.ack)) {
		return false
	}
	if k == &h.fin {
		h.ended = true
		if k.rst {
			c.reset = true
			c.stream.End(d, max(k.at, h.given), capture.RST)
			return true
		}
		h.pass(1)
		c.stream.End(d, max(k.at, h.given), capture.FIN)
		return true
	}
	first, freed := h.pop()
	a.waiting -= freed
	if !h.ended && first.end() > h.next {
		first.trim(h.next, first.end())
		// Neither before the bytes ahead of it nor before those that it answers.
		a.give(c, d, first, max(first.at, h.given, c.halves[1-d].given))
	}
	return true
}

func (c *Conn) settle(d Dir) {
	c.halves[d].settle()
	h := &c.halves[d]
	c.Late[d] = !h.exact && h.first != h.low
}

// overdue returns a direction in which something has been waited for long enough.
func (a *Assembler) overdue(c *Conn, at capture.Instant) (Dir, bool) {
	for d := First; d <= Second; d++ {
		h := &c.halves[d]
		k := h.head()
		switch {
		case k == nil:
		case !h.settled, k.pos <= h.next: // it waits for the start, or for what it answers
			if at.Sub(k.at) > a.opt.Patience {
				return d, true
			}
		case h.proven.Seen() && at.Sub(h.proven) > a.opt.Patience,
			at.Sub(k.at) > a.opt.Retransmission:
			return d, true
		}
	}
	return 0, false
}

// earliest returns the direction whose first waiting chunk was captured first.
func (c *Conn) earliest() Dir {
	k, other := c.halves[First].head(), c.halves[Second].head()
	if k == nil || other != nil && other.at < k.at {
		return Second
	}
	return First
}

// force gives up waiting for what keeps a direction's first chunk back.
func (a *Assembler) force(c *Conn, d Dir, why Cause) {
	h, peer := &c.halves[d], &c.halves[1-d]
	k := h.head()
	if !h.settled {
		c.settle(d)
		return
	}
	if k.pos > h.next {
		a.gap(c, d, max(k.at, h.given), k.pos-h.next, why)
		return
	}
	// It answers bytes of the peer that have not come.
	missing := k.ack - peer.next
	if first := peer.head(); first != nil {
		if first.pos <= peer.next { // each waits for the other: one is a retransmission
			k.ack = 0
			return
		}
		missing = min(missing, first.pos-peer.next)
	} else if missing == 1 { // a FIN that was not captured, unless more comes behind it
		k.ack = 0
		return
	}
	a.gap(c, 1-d, max(k.at, peer.given), missing, why)
}

// tail reports bytes at the end of a direction that were acknowledged and not
// captured. One alone is the FIN.
func (a *Assembler) tail(c *Conn) {
	for d := First; d <= Second; d++ {
		h := &c.halves[d]
		if !h.settled && h.exact {
			c.settle(d)
		}
		if h.settled && !h.ended && h.acked > h.next+1 {
			a.gap(c, d, c.last, h.acked-h.next, Missed)
		}
	}
}
