package dissect

import (
	"bytes"

	"why403/capture"
)

// unasked takes the beginning of what answers no request that was seen: the capture
// began late, or the gateway gives up on an idle connection (408). It is followed to
// its end, so that what comes behind it is understood. It returns what is left to take.
func (c *Conn) unasked(at capture.Instant, b []byte) (rest []byte) {
	h := &c.halves[FromServer]
	rest = b
	if len(h.held) == 0 {
		rest = bytes.TrimLeft(b, "\r\n") // here, that it does not matter where the bytes are cut
	}
	start := h.beginning(rest)
	if c.count == 0 && len(start) > 0 && looksLikeSettings(start) && h.hold(at, rest) {
		return nil // an HTTP/2 gateway need not wait for the client
	}
	if len(h.held) > 0 {
		rest = start // which is no answer
	}
	switch {
	case len(rest) == 0:
		return nil
	case !looksLikeAnswer(rest) && c.halves[FromClient].phase != lost:
		c.lose(FromServer, at, capture.LostParse, "what the gateway sends is not HTTP/1.1")
		return nil
	case !looksLikeAnswer(rest):
		h.lose() // told of the client already
		return nil
	}
	c.waiting = append(c.waiting, &exchange{u: new(capture.Upgrade), other: new(other), orphan: true})
	return rest
}

// looksLikeAnswer reports whether b may be the beginning of an HTTP/1 answer.
func looksLikeAnswer(b []byte) bool {
	b = bytes.TrimLeft(b, "\r\n")
	const start = "HTTP/1."
	n := min(len(b), len(start))
	return string(b[:n]) == start[:n]
}

// orphaned tells, once, that a request was not seen. One behind requests that were is
// no loss: the gateway sent it on its own account.
func (c *Conn) orphaned(at capture.Instant) {
	if c.count == 0 && !c.late {
		c.late = true
		c.emit(capture.Loss{At: at, Kind: capture.LostParse, Count: 1, Detail: "an answer to a request that was not seen"})
	}
}
