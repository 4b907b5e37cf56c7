package dissect

import (
	"fmt"
	"strings"

	"why403/capture"
	"why403/capture/http1"
	"why403/capture/ws"
)

// fromClient takes bytes of the client before a 101.
func (c *Conn) fromClient(at capture.Instant, b []byte) {
	for len(b) > 0 && c.halves != nil {
		h := &c.halves[FromClient]
		switch h.phase {
		case inHead:
			b = c.requestHead(at, b)
		case inBody:
			b = c.requestBody(at, b)
		case inDoubt:
			if !h.hold(at, b) {
				c.lose(FromClient, at, capture.LostParse, fmt.Sprintf("over %d bytes behind an upgrade request without an answer", maxHeld))
			}
			return
		default:
			return
		}
	}
}

func (c *Conn) requestHead(at capture.Instant, b []byte) (rest []byte) {
	h := &c.halves[FromClient]
	head, complete, rest, err := h.takeHead(at, b)
	switch {
	case c.count == 0 && complete && head == http2Start:
		c.beginHTTP2(at)
		c.h2.data(FromClient, at, rest)
		return nil
	case c.count == 0 && !complete && len(h.head) < len(http2Start) && strings.HasPrefix(http2Start, string(h.head)):
	case complete && http1.LooksLikeRequest([]byte(head[:min(len(head), 64)])):
		c.request(at, head)
	case complete || !http1.LooksLikeRequest(h.head):
		c.lose(FromClient, at, capture.LostParse, "what the client sends is not HTTP/1.1")
	case err != nil:
		c.lose(FromClient, at, capture.LostParse, "request: "+err.Error())
	}
	return rest
}

// request begins an exchange.
func (c *Conn) request(at capture.Instant, head string) {
	h := &c.halves[FromClient]
	req, err := http1.ParseRequest(capture.Head(head))
	switch {
	case err != nil:
		c.lose(FromClient, at, capture.LostParse, "request: "+err.Error())
		return
	case len(c.waiting) >= maxWaiting:
		c.lose(FromClient, at, capture.LostParse, fmt.Sprintf("over %d requests without an answer", maxWaiting))
		return
	}
	if server := &c.halves[FromServer]; len(server.held) > 0 {
		c.lose(FromServer, at, capture.LostParse, "what the gateway sends is not HTTP/1.1")
	}
	x := c.begin(h.began, req.Method, req.IsUpgrade())
	x.unseen = c.halves[FromServer].phase == lost
	c.waiting = append(c.waiting, x)
	framing, ferr := req.Framing()
	host, _ := req.Fields.Get("Host")
	kind, _ := req.Fields.Get("Content-Type")
	r := asked{head: head, target: req.Target.Origin, authority: req.Target.Authority, host: host, kind: kind}
	if x.upgrade {
		x.head = head
		x.u.Oddities = append(append(clipped(x.u.Oddities), req.Oddities.List()...), ws.CheckRequest(capture.Head(head))...)
		c.upgrade(x, r)
	} else {
		c.otherRequest(x, r)
	}
	h.body, h.x = newBody(framing, x.requestLimit()), x
	h.phase = inBody
	switch {
	case ferr != nil && !x.upgrade:
		c.lose(FromClient, at, capture.LostParse, "request: "+ferr.Error())
	case h.body.follow.Done():
		c.requestDone()
	}
}

func (c *Conn) requestBody(at capture.Instant, b []byte) (rest []byte) {
	h := &c.halves[FromClient]
	rest, err := h.body.take(b)
	switch {
	case err != nil:
		c.lose(FromClient, at, capture.LostParse, "request: "+err.Error())
	case h.body.follow.Done():
		c.requestDone()
	}
	return rest
}

// requestDone ends a request: the next bytes are the next one's, unless this one may
// become a WebSocket. It may have its answer already.
func (c *Conn) requestDone() {
	h := &c.halves[FromClient]
	x := h.x
	x.asked(h.body)
	h.body, h.x, h.phase = body{}, nil, inHead
	if x.upgrade && x.u.Outcome == capture.Pending {
		h.phase = inDoubt
	}
}

// asked keeps what has come of the request's body.
func (x *exchange) asked(y body) {
	if x.other != nil {
		x.other.body = y
	}
}

// settle reads what the client sent behind an upgrade request as what it is after a
// refusal: the next requests.
func (c *Conn) settle() {
	h := &c.halves[FromClient]
	if h.phase != inDoubt {
		return
	}
	held := h.held
	h.phase, h.held, h.size = inHead, nil, 0
	for _, p := range held {
		if p.b == nil {
			c.clientGap(p.at, p.gap)
		} else {
			c.fromClient(p.at, p.b)
		}
	}
}

// clientGap says that n bytes of the client are missing before a 101.
func (c *Conn) clientGap(at capture.Instant, n int64) {
	h := &c.halves[FromClient]
	switch h.phase {
	case inBody:
		if !h.body.skip(n) {
			h.lose()
		} else if h.body.follow.Done() {
			c.requestDone()
		}
	case inDoubt:
		h.held = append(h.held, piece{at: at, gap: n})
	default:
		h.lose()
	}
}
