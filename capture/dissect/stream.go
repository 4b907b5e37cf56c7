package dissect

import (
	"why403/capture"
	"why403/capture/http1"
	"why403/capture/http2"
	"why403/capture/ws"
)

// stream is one exchange of an HTTP/2 connection, and what becomes of it.
type stream struct {
	m      *multiplex
	d      *desk
	used   int // bytes held
	x      *exchange
	asked  body
	answer body
	socket *socket // after a 2xx to an extended CONNECT
	held   half    // for an upgrade: data before its answer
	ended  [2]capture.Ending
}

// status returns the status of the answer, 0 as long as there is none.
func (s *stream) status() int { return s.x.u.Status }

// take takes an event of the stream, of which the first byte came at began. It
// reports whether the stream is over.
func (s *stream) take(dir Dir, at, began capture.Instant, ev http2.Event) (over bool) {
	switch {
	case s.ended[dir] != "":
		return false
	case ev.Kind == http2.Reset:
		return s.reset(dir, at, ev.Code)
	case ev.Kind == http2.Headers && dir == FromServer && s.status() == 0:
		s.answerHead(at, began, ev)
	case ev.Kind == http2.Data:
		s.data(dir, at, ev.Data)
	}
	return ev.End && s.finish(dir, at)
}

// answerHead takes the header block of an answer.
func (s *stream) answerHead(at, began capture.Instant, ev http2.Event) {
	x, u := s.x, s.x.u
	status := statusOf(http2.PseudoOf(ev.Fields).Status)
	if status < 200 {
		return // interim (RFC 9113 §8.1), or none
	}
	u.Status = status
	u.Phases.ResponseFirst, u.Phases.ResponseHead = began, at
	s.d.clock(u, http2.Get(ev.Fields, "date"), http2.Get(ev.Fields, "age") != "")
	head := http2.Head(ev.Fields)
	if x.upgrade && status < 300 {
		u.Oddities = append(clipped(u.Oddities), ws.CheckChoice(capture.Head(x.head), capture.Head(head))...)
		x.head = ""
		s.socket = s.d.accept(x, head)
		s.socket.ended[FromClient], s.socket.lost[FromClient] = s.ended[FromClient], s.held.phase == lost
		s.socket.catchUp(s.held.held)
		s.held = half{}
		return
	}
	kind := http2.Get(ev.Fields, "content-type")
	s.answer = newBody(http1.Framing{Kind: http1.UntilClose}, x.answerLimit(kind))
	s.held.lose()
	s.d.answered(x, head)
	if !ev.End {
		s.d.tell(x)
	}
}

// data takes payload of a direction.
func (s *stream) data(dir Dir, at capture.Instant, b []byte) {
	switch {
	case len(b) == 0:
	case s.socket != nil:
		s.socket.frames(dir, at, b)
	case dir == FromServer && s.status() != 0:
		s.keep(&s.answer, b)
	case dir == FromServer:
	case !s.x.upgrade:
		s.keep(&s.asked, b)
	case s.held.phase != lost && !(s.use(len(b)) && s.held.hold(at, b)):
		s.held.lose()
	}
}

// keep adds to a body, as far as there is room.
func (s *stream) keep(y *body, b []byte) {
	if len(y.kept) < y.limit && !s.use(len(b)) {
		y.limit = 0
	}
	y.keep(b)
}

// use notes that n more bytes are held, if there is room.
func (s *stream) use(n int) bool {
	if s.m.used+n > maxUsed {
		return false
	}
	s.m.used += n
	s.used += n
	return true
}

// finish says that a direction ended as it should (END_STREAM).
func (s *stream) finish(dir Dir, at capture.Instant) (over bool) {
	s.ended[dir] = capture.FIN
	switch {
	case s.socket != nil:
		return s.socket.end(dir, at, capture.FIN)
	case dir == FromClient:
		return false
	case s.status() == 0:
		s.unanswered(at, capture.Dropped, "the gateway ended the stream without an answer")
	default:
		s.complete(at, true)
	}
	return true
}

// reset says that a side gave the stream up (RFC 9113 §6.4). On a WebSocket that is
// what an RST is on a connection (RFC 8441 §5).
func (s *stream) reset(dir Dir, at capture.Instant, code uint32) (over bool) {
	what := "the " + string(dir.side()) + " reset the stream (" + http2.CodeName(code) + ")"
	s.ended[dir] = capture.RST
	switch {
	case s.socket != nil:
		s.socket.odd(what)
		return s.socket.end(dir, at, capture.RST)
	case s.status() != 0:
		s.complete(at, false)
	case dir == FromClient:
		s.unanswered(at, capture.ClientGone, what)
	default:
		s.unanswered(at, capture.Dropped, what)
	}
	return true
}

// complete completes an exchange that has an answer.
func (s *stream) complete(at capture.Instant, whole bool) {
	s.answer.cut = s.answer.cut || !whole
	if s.answer.size > 0 {
		s.x.u.Phases.ResponseEnd = at
	}
	s.x.asked(s.asked)
	if s.x.upgrade {
		s.d.refused(s.x, &s.answer, whole)
	} else {
		s.d.otherAnswered(s.x, at, &s.answer)
	}
}

func (s *stream) unanswered(at capture.Instant, outcome capture.Outcome, why string) {
	if outcome == capture.Unreached {
		s.x.u.Phases.RequestSent = 0
	}
	s.x.asked(s.asked)
	s.d.unanswered(s.x, at, outcome, why)
}

// abandon completes a stream at the end of its connection, or of the recording.
func (s *stream) abandon(c *Conn, at capture.Instant, how capture.Ending) {
	if s.status() != 0 {
		s.complete(at, false)
		return
	}
	outcome, why := c.without(s.x, how)
	s.unanswered(at, outcome, why)
}

// lose says that a direction cannot be followed any more.
func (s *stream) lose(dir Dir) {
	switch {
	case s.socket != nil:
		if !s.socket.lost[dir] {
			s.socket.lost[dir] = true
			s.socket.odd("frames of the " + string(dir.side()) + " are unknown from a gap on")
		}
	case dir == FromServer:
		s.x.unseen = s.status() == 0
	default:
		s.held.lose()
		s.asked.cut = true
	}
}

// gap says that n bytes of payload are missing.
func (s *stream) gap(dir Dir, at capture.Instant, n int64) {
	switch {
	case s.socket != nil:
		s.socket.gap(dir, n)
	case dir == FromServer:
		s.answer.skip(n)
	case s.x.upgrade && s.held.phase != lost:
		s.held.held = append(s.held.held, piece{at: at, gap: n})
	default:
		s.asked.skip(n)
	}
}
