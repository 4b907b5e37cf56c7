package tlswire

import "bytes"

// Records wait for two things: for the other side's hello, when the capture
// holds packets in another order than they were sent, and for keys, when the
// capture is live. Both are bounded; then what is missing counts as missing.

// enter takes the next record of its direction.
func (c *Conn) enter(r *record) {
	s := &c.sides[r.dir]
	s.cut = s.cut || r.typ == gapHere || r.typ == notTLS
	if s.blocked || c.process(r) {
		s.blocked = true
		c.keep(r)
	}
	c.settle()
}

// keep copies a record that cannot be read yet.
func (c *Conn) keep(r *record) {
	kept := *r
	kept.body = bytes.Clone(r.body)
	c.waiting = append(c.waiting, kept)
	c.hold(kept.size())
	if c.held > max(maxHeldHello, c.d.Hold) || c.d.held > maxHeld {
		c.patient = false
		c.stirred = true
	}
}

func (c *Conn) hold(n int) {
	c.held += n
	c.d.held += n
}

// settle lets waiting records go on until nothing more happens.
func (c *Conn) settle() {
	for c.stirred {
		c.stirred = false
		c.drain()
	}
}

// drain processes waiting records in order as far as they can be read. If one of
// them stirs something it stops, so that settle starts with the oldest again.
func (c *Conn) drain() {
	queue := c.waiting
	kept := queue[:0]
	c.sides[FromClient].blocked, c.sides[FromServer].blocked = false, false
	for i := range queue {
		r := &queue[i]
		s := &c.sides[r.dir]
		if c.stirred || s.blocked || c.process(r) {
			s.blocked = true
			kept = append(kept, *r)
			continue
		}
		c.hold(-r.size())
	}
	clear(queue[len(kept):])
	if c.waiting = kept; len(kept) == 0 {
		c.waiting = nil
	}
}

// size is what a waiting record costs.
func (r *record) size() int { return len(r.body) + 128 }

// expects reports whether records of that direction may still come.
func (c *Conn) expects(dir Dir) bool {
	s := &c.sides[dir]
	return c.patient && (s.blocked || !s.ended && !s.closed && !s.cut)
}
