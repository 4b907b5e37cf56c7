package dissect

import (
	"math"

	"why403/capture"
	"why403/capture/ws"
)

// socket follows an accepted WebSocket.
type socket struct {
	d      *desk
	u      *capture.Upgrade
	parser [2]ws.Parser
	pings  [2]ws.Pings
	counts capture.Frames
	lost   [2]bool // frames of that direction are not known any more
	ended  [2]capture.Ending
	first  Dir    // which ended first
	early  string // the gateway's first text, while it may be an error
}

const (
	// clientText is how much is read of a client's first text message: a token
	// with what is around it.
	clientText = 8 << 10
	// serverText is how much is recorded of the gateway's.
	serverText = 512
)

// accept begins a WebSocket. The answer's head is as sent.
func (d *desk) accept(x *exchange, head string) *socket {
	u := x.u
	u.Outcome = capture.Accepted
	u.ResponseHead = d.tokens.MaskHead(head).Keep()
	u.Socket.Opened = u.Phases.ResponseHead
	rsv := ws.Extensions(capture.Head(head))
	s := &socket{d: d, u: u}
	s.parser[FromClient] = ws.Parser{Client: true, RSV: rsv, TextLimit: clientText}
	s.parser[FromServer] = ws.Parser{RSV: rsv, TextLimit: 2 * serverText}
	d.emit(*u)
	return s
}

// catchUp takes what the client sent before the answer was known.
func (s *socket) catchUp(held []piece) {
	for _, p := range held {
		if p.b == nil {
			s.gap(FromClient, p.gap)
		} else {
			s.frames(FromClient, p.at, p.b)
		}
	}
}

// frames takes bytes of a WebSocket.
func (s *socket) frames(dir Dir, at capture.Instant, b []byte) {
	if s.lost[dir] {
		return
	}
	p := &s.parser[dir]
	for {
		n, ev, err := p.Next(b)
		b = b[n:]
		switch ev {
		case ws.Frame:
			s.frame(dir, at, p.Header())
		case ws.ControlEnd:
			s.control(dir, at, p)
		case ws.FirstText:
			s.firstText(dir, at, p)
		default:
			if err != nil {
				s.lost[dir] = true
				s.odd("frames of the " + string(dir.side()) + ": " + err.Error())
				s.d.emit(capture.Loss{At: at, Kind: capture.LostParse, Count: 1, Detail: "frames of the " + string(dir.side()) + ": " + err.Error()})
			}
			return
		}
	}
}

// traffic returns the counts of a direction.
func (s *socket) traffic(dir Dir) *capture.Traffic {
	if dir == FromServer {
		return &s.counts.FromServer
	}
	return &s.counts.FromClient
}

// emit emits the record as it is, with the frames so far.
func (s *socket) emit() {
	if s.counts != (capture.Frames{}) {
		frames := s.counts
		s.u.Socket.Frames = &frames
	}
	s.d.emit(*s.u)
}

// frame counts a frame.
func (s *socket) frame(dir Dir, at capture.Instant, h ws.Header) {
	t := s.traffic(dir)
	t.Frames++
	t.Bytes += min(h.Length, math.MaxInt64-t.Bytes)
	switch h.Opcode {
	case ws.Text:
		t.Text++
	case ws.Binary:
		t.Binary++
	}
	if !t.First.Seen() {
		t.First = at
	}
	t.Last = at
	if s.early != "" && at.Sub(s.u.Socket.Opened) > capture.EarlyEnd {
		s.early = ""
	}
}

// gap says that n bytes of a direction are missing.
func (s *socket) gap(dir Dir, n int64) {
	if !s.lost[dir] && (n == 0 || !s.parser[dir].Skip(n)) {
		s.lost[dir] = true
		s.odd("frames of the " + string(dir.side()) + " are unknown from a gap on")
	}
}

func (s *socket) odd(text string) { s.u.Oddities = append(clipped(s.u.Oddities), text) }
