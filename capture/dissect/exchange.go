package dissect

import (
	"why403/capture"
	"why403/capture/http1"
)

// exchange is a request that has no complete answer yet.
type exchange struct {
	u       *capture.Upgrade // also where annotations of other requests go
	upgrade bool             // asks for a WebSocket
	method  string
	head    string // the request's, as sent; dropped with the answer

	other  *other // for what is no upgrade
	unseen bool   // the answer may be in a gap
	orphan bool   // the request was not seen
}

// other is what is known of a request that is no upgrade: it may be for a token.
type other struct {
	url    string
	grant  bool   // the request may be one for a token: its body is kept
	basic  string // user name of Basic credentials
	body   body   // of the request
	answer string // head as sent
}

// maxWaiting bounds how many requests may wait for answers on one connection.
const maxWaiting = 256

// tell emits an exchange as it is now, if it is an upgrade.
func (d *desk) tell(x *exchange) {
	if x.upgrade {
		d.emit(*x.u)
	}
}

// finishBody completes the oldest exchange, if its answer has begun. whole says that
// the body ended where it should.
func (c *Conn) finishBody(at capture.Instant, whole bool) {
	h := &c.halves[FromServer]
	if h.phase != inBody {
		return
	}
	x := c.waiting[0]
	c.waiting[0] = nil
	c.waiting = c.waiting[1:]
	y := h.body
	h.phase, h.body = inHead, body{}
	if client := &c.halves[FromClient]; client.x == x { // it was answered early
		x.asked(client.body)
	}
	if y.framing.Kind != http1.NoBody {
		x.u.Phases.ResponseEnd = at
	}
	if !whole {
		y.cut = true
	}
	if x.upgrade {
		c.refused(x, &y, whole)
	} else {
		c.otherAnswered(x, at, &y)
	}
}

// unanswered completes an exchange that gets no answer.
func (d *desk) unanswered(x *exchange, at capture.Instant, outcome capture.Outcome, why string) {
	if !x.upgrade {
		d.otherAnswered(x, at, new(body))
		return
	}
	x.u.Outcome = outcome
	if outcome != capture.Pending && outcome != capture.Unreached {
		x.u.Phases.ResponseEnd = at
	}
	if x.u.Failure == "" {
		x.u.Failure = why
	}
	d.tell(x)
}

// abandon completes every exchange: no more answers come. A how of "" is the end of
// the recording.
func (c *Conn) abandon(at capture.Instant, how capture.Ending) {
	h := &c.halves[FromServer]
	c.finishBody(at, h.body.framing.Kind == http1.UntilClose && c.ended[FromServer] == capture.FIN)
	for _, x := range c.waiting {
		outcome, why := c.without(x, how)
		c.unanswered(x, at, outcome, why)
	}
	c.waiting = nil
}

// without says what becomes of a request without an answer, and why.
func (c *Conn) without(x *exchange, how capture.Ending) (outcome capture.Outcome, why string) {
	client, server := c.ended[FromClient], c.ended[FromServer]
	switch {
	case x.unseen:
		return capture.Pending, "the answer may be among bytes that are missing"
	case server != "" && c.halves != nil && len(c.halves[FromServer].head) > 0:
		return capture.Dropped, "the gateway ended the connection (" + string(server) + ") within the head of its answer"
	case server != "" && (client == "" || c.first == FromServer):
		return capture.Dropped, "the gateway ended the connection (" + string(server) + ") without an answer"
	case client != "":
		return capture.ClientGone, "the client ended the connection (" + string(client) + ") before an answer"
	case how == "":
		return capture.Pending, "the recording ended before an answer"
	case how == capture.Timeout:
		return capture.TimedOut, "no answer within the recorder's limit"
	case how == capture.Shutdown:
		return capture.Pending, "the recorder stopped before an answer"
	default:
		return capture.Dropped, "the connection ended (" + string(how) + ") without an answer"
	}
}
