package dissect

import (
	"why403/capture"
	"why403/capture/http1"
	"why403/capture/ws"
)

// fromServer takes bytes of the gateway before a 101.
func (c *Conn) fromServer(at capture.Instant, b []byte) {
	for len(b) > 0 {
		if c.socket != nil { // frames right behind the 101
			c.socket.frames(FromServer, at, b)
			return
		}
		h := &c.halves[FromServer]
		switch h.phase {
		case inHead:
			b = c.answerHead(at, b)
		case inBody:
			b = c.answerBody(at, b)
		default:
			return
		}
	}
}

func (c *Conn) answerHead(at capture.Instant, b []byte) (rest []byte) {
	h := &c.halves[FromServer]
	if len(c.waiting) == 0 {
		if b = c.unasked(at, b); len(b) == 0 || len(c.waiting) == 0 {
			return nil
		}
	}
	head, complete, rest, err := h.takeHead(at, b)
	start := h.head
	if complete {
		start = []byte(head[:min(len(head), 16)])
	}
	switch {
	case !looksLikeAnswer(start):
		c.garbled(at, "what the gateway sends is not HTTP/1.1")
	case err != nil:
		c.garbled(at, "answer: "+err.Error())
	case complete:
		c.answer(at, head)
	}
	return rest
}

// garbled gives up on the gateway's direction: what it sends is no answer.
func (c *Conn) garbled(at capture.Instant, why string) {
	x := c.waiting[0]
	if x.orphan && c.halves[FromClient].phase == lost {
		c.halves[FromServer].lose() // told of the client already
		return
	}
	x.u.Phases.ResponseFirst = c.halves[FromServer].began
	x.u.Failure = why
	c.lose(FromServer, at, capture.LostParse, why)
}

// answer takes a head.
func (c *Conn) answer(at capture.Instant, head string) {
	h := &c.halves[FromServer]
	resp, err := http1.ParseResponse(capture.Head(head))
	switch {
	case err != nil:
		c.garbled(at, "answer: "+err.Error())
		return
	case !resp.IsFinal():
		return // RFC 9110 §15.2
	}
	x := c.waiting[0]
	x.u.Status = resp.Status
	x.u.Phases.ResponseFirst, x.u.Phases.ResponseHead = h.began, at
	x.u.Oddities = append(clipped(x.u.Oddities), resp.Oddities.List()...)
	if x.orphan {
		c.orphaned(at)
	} else {
		date, _ := resp.Fields.Get("Date")
		c.clock(x.u, date, resp.Fields.Count("Age") > 0)
	}
	switch {
	case resp.Status == 101 && x.upgrade:
		c.accepted(x, head)
	case resp.Status == 101:
		c.leaveHTTP(at, capture.LostParse, "the connection became something other than a WebSocket")
	case x.method == "CONNECT" && resp.Status < 300:
		c.leaveHTTP(at, capture.LostBlind, "a tunnel within the connection")
	default:
		c.beginBody(x, at, head, resp)
	}
}

// beginBody takes the head of an answer that leaves the connection as it is.
func (c *Conn) beginBody(x *exchange, at capture.Instant, head string, resp *http1.Response) {
	kind, _ := resp.Fields.Get("Content-Type")
	framing, err := resp.Framing(x.method)
	if err != nil {
		x.u.Oddities = append(clipped(x.u.Oddities), err.Error())
		framing = http1.Framing{Kind: http1.UntilClose}
	}
	h := &c.halves[FromServer]
	h.phase, h.body = inBody, newBody(framing, x.answerLimit(kind))
	c.answered(x, head)
	c.settle()
	if h.body.follow.Done() {
		c.finishBody(at, true)
	} else {
		c.tell(x)
	}
}

// accepted turns the connection into a WebSocket.
func (c *Conn) accepted(x *exchange, head string) {
	x.u.Oddities = append(clipped(x.u.Oddities), ws.CheckAnswer(capture.Head(x.head), capture.Head(head))...)
	c.socket = c.accept(x, head)
	c.socket.ended, c.socket.first = c.ended, c.first
	client := &c.halves[FromClient]
	c.socket.lost[FromClient] = client.phase != inDoubt
	c.socket.catchUp(client.held)
	c.halves, c.waiting, c.notes = nil, nil, nil
}

// leaveHTTP gives up on both directions.
func (c *Conn) leaveHTTP(at capture.Instant, kind capture.LossKind, why string) {
	c.waiting = nil
	c.lose(FromServer, at, kind, why)
	c.halves[FromClient].lose()
}

func (c *Conn) answerBody(at capture.Instant, b []byte) (rest []byte) {
	h := &c.halves[FromServer]
	rest, err := h.body.take(b)
	switch {
	case err != nil:
		u := c.waiting[0].u
		u.Oddities = append(clipped(u.Oddities), err.Error())
		c.finishBody(at, false)
		c.lose(FromServer, at, capture.LostParse, "answer: "+err.Error())
		return nil
	case h.body.follow.Done():
		c.finishBody(at, true)
	}
	return rest
}

// serverGap says that n bytes of the gateway are missing before a 101.
func (c *Conn) serverGap(at capture.Instant, n int64) {
	h := &c.halves[FromServer]
	if h.phase == inBody && h.body.skip(n) {
		if h.body.follow.Done() {
			c.finishBody(at, true)
		}
		return
	}
	c.finishBody(at, false)
	for _, x := range c.waiting {
		x.unseen = true
	}
	h.lose()
}
