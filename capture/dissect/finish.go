package dissect

import "why403/capture"

// End says that a direction ended, and how. Once both have ended, or after
// [Conn.Close], everything has been emitted.
func (c *Conn) End(dir Dir, at capture.Instant, how capture.Ending) {
	if c.over || c.ended[dir] != "" {
		return
	}
	if how == "" {
		how = capture.Broken
	}
	if c.ended[dir] = how; c.ended[dir.other()] == "" {
		c.first = dir
	}
	both := c.ended[dir.other()] != ""
	switch {
	case c.socket != nil:
		if c.socket.end(dir, at, how) {
			c.finish()
		}
	case c.h2 != nil:
		if c.h2.end(dir, at, how); both {
			c.h2.close(at, how)
			c.finish()
		}
	case both:
		c.abandon(at, how)
		c.finish()
	case dir == FromServer:
		c.abandon(at, how)
		c.halves[FromServer].lose()
	}
}

// Close ends the connection for the recorder's own reason. A how of "" says that the
// recording is over and the connection is not: it stays open in the record.
func (c *Conn) Close(at capture.Instant, how capture.Ending) {
	if c.over {
		return
	}
	switch {
	case c.socket != nil:
		c.socket.close(at, how)
	case c.h2 != nil:
		c.h2.close(at, how)
	default:
		c.abandon(at, how)
	}
	c.finish()
}

// finish lets go of everything: nothing will be emitted any more.
func (c *Conn) finish() {
	c.over = true
	c.halves, c.waiting, c.notes, c.socket, c.h2 = nil, nil, nil, nil, nil
}

// Fail says that the request just given never reached the gateway, or that the
// recorder stopped waiting for its answer: outcome is Unreached or TimedOut.
func (c *Conn) Fail(at capture.Instant, outcome capture.Outcome, why string) {
	switch {
	case c.over, c.socket != nil:
		return
	case c.h2 != nil:
		c.h2.fail(at, outcome, why)
		return
	}
	c.finishBody(at, false)
	for i, x := range c.waiting {
		if outcome == capture.Unreached && i == len(c.waiting)-1 {
			x.u.Phases.RequestSent = 0
		}
		c.unanswered(x, at, outcome, why)
	}
	c.waiting = nil
	c.halves[FromClient].lose()
	c.halves[FromServer].lose()
}
