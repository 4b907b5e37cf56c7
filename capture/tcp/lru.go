package tcp

// lru orders connections by their last packet.
type lru struct{ oldest, newest *Conn }

// touch makes c the newest.
func (l *lru) touch(c *Conn) {
	if l.newest == c {
		return
	}
	l.remove(c)
	c.older = l.newest
	if l.newest != nil {
		l.newest.next = c
	} else {
		l.oldest = c
	}
	l.newest = c
}

// remove takes c out, if it is in.
func (l *lru) remove(c *Conn) {
	if c.older != nil {
		c.older.next = c.next
	} else if l.oldest == c {
		l.oldest = c.next
	}
	if c.next != nil {
		c.next.older = c.older
	} else if l.newest == c {
		l.newest = c.older
	}
	c.older, c.next = nil, nil
}
