package dissect

import (
	"fmt"
	"slices"
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
	c.count++
	x := &exchange{u: &capture.Upgrade{Conn: c.opening.ID, Exchange: c.count}, method: req.Method, upgrade: req.IsUpgrade()}
	for _, note := range c.notes {
		note(x.u)
	}
	c.notes = nil
	x.u.Phases.RequestSent = h.began
	x.unseen = c.halves[FromServer].phase == lost
	c.waiting = append(c.waiting, x)
	framing, ferr := req.Framing()
	if x.upgrade {
		c.upgrade(x, req, head, at)
	} else {
		c.otherRequest(x, req, head)
	}
	h.body = newBody(framing, c.requestLimit(x))
	h.phase = inBody
	switch {
	case ferr != nil && !x.upgrade:
		c.lose(FromClient, at, capture.LostParse, "request: "+ferr.Error())
	case h.body.follow.Done():
		c.requestDone()
	}
}

// upgrade reads the head of a request for a WebSocket.
func (c *Conn) upgrade(x *exchange, req *http1.Request, head string, at capture.Instant) {
	x.head = head
	found := c.tokens.Request(head, x.u.Phases.RequestSent)
	for _, t := range found.Tokens {
		c.emit(t)
	}
	host, _ := req.Fields.Get("Host")
	u := x.u
	u.Scheme = webSocketScheme(c.opening.Scheme)
	u.Host = c.tokens.MaskText(host)
	u.Authority = c.authority(orElse(req.Target.Authority, host))
	u.Target = http1.ParseTarget(req.Method, found.Target).Origin
	u.RequestHead, u.Credentials = found.Head, found.Credentials
	u.Outcome = capture.Pending
	u.Oddities = append(u.Oddities, req.Oddities.List()...)
	u.Oddities = append(u.Oddities, ws.CheckRequest(capture.Head(head))...)
	if found.CutShort {
		u.Oddities = append(u.Oddities, "token is the beginning of a JWT and no more")
	}
	c.tell(x)
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
// become a WebSocket.
func (c *Conn) requestDone() {
	h := &c.halves[FromClient]
	y := h.body
	h.phase, h.body = inHead, body{}
	if len(c.waiting) == 0 {
		return // answered before it was complete
	}
	x := c.waiting[len(c.waiting)-1]
	if x.other != nil {
		x.other.body = y
	}
	if x.upgrade {
		h.phase = inDoubt
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
		if p.gap > 0 {
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

// orElse returns s, or other if s is empty.
func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// mayBeGrant reports whether a request may be one for a token: its body is kept.
func mayBeGrant(req *http1.Request) bool {
	kind, _ := req.Fields.Get("Content-Type")
	kind = strings.ToLower(kind)
	return req.Method == "POST" && (kind == "" || strings.Contains(kind, "form") || strings.Contains(kind, "json"))
}

// clipped returns list such that appending to it copies: what was emitted stays.
func clipped(list []string) []string { return slices.Clip(list) }
