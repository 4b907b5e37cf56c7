package dissect

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"why403/capture"
	"why403/capture/ws"
)

// socket follows an accepted WebSocket.
type socket struct {
	d      *desk
	u      *capture.Upgrade
	parser [2]ws.Parser
	pings  [2]ws.Pings
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
	u.ResponseHead = d.tokens.MaskHead(head)
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
		return &s.u.Socket.FromServer
	}
	return &s.u.Socket.FromClient
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

// control takes the end of a control frame.
func (s *socket) control(dir Dir, at capture.Instant, p *ws.Parser) {
	switch p.Header().Opcode {
	case ws.Ping:
		s.pings[dir].Ping(p.Sum(), at)
	case ws.Pong:
		if took, answers := s.pings[dir.other()].Pong(p.Sum(), at); answers && took >= 0 {
			k := &s.u.Socket
			if k.Pings++; k.Pings == 1 || took < k.PingMin {
				k.PingMin = took
			}
			k.PingMax = max(k.PingMax, took)
			k.PingSum += took
		}
	case ws.Close:
		if s.u.Socket.Closing.Seen() {
			return
		}
		code, reason := p.CloseBody()
		k := &s.u.Socket
		k.Closing, k.EndedBy = at, dir.side()
		k.CloseCode, k.CloseReason = code, s.d.tokens.MaskText(strings.ToValidUTF8(string(reason), "\ufffd"))
		s.d.emit(*s.u)
	}
}

// firstText takes the beginning of a direction's first text message: a client's may
// carry its token, a gateway's may say why it closes.
func (s *socket) firstText(dir Dir, at capture.Instant, p *ws.Parser) {
	text, whole := p.Text()
	if p.Deflated() {
		text, whole = inflated(text, whole)
	}
	if dir == FromServer {
		if at.Sub(s.u.Socket.Opened) <= capture.EarlyEnd {
			s.early = s.recorded(text, whole)
		}
		return
	}
	found, tokens := s.d.tokens.FirstFrame(text, at)
	if len(found) == 0 {
		return
	}
	for _, t := range tokens {
		s.d.emit(t)
	}
	s.u.Credentials = append(slices.Clip(s.u.Credentials), found[:min(len(found), maxFound)]...)
	s.d.emit(*s.u)
}

// maxFound bounds how many credentials one message adds to a record.
const maxFound = 8

// recorded returns what a record has of the gateway's first text.
func (s *socket) recorded(text []byte, whole bool) string {
	out := s.d.tokens.MaskBody(strings.ToValidUTF8(string(text), "\ufffd"), whole)
	if len(out) > serverText {
		n := serverText
		for !utf8.RuneStart(out[n]) {
			n--
		}
		out = out[:n]
	}
	return out
}

// gap says that n bytes of a direction are missing.
func (s *socket) gap(dir Dir, n int64) {
	if !s.lost[dir] && (n == 0 || !s.parser[dir].Skip(n)) {
		s.lost[dir] = true
		s.odd("frames of the " + string(dir.side()) + " are unknown from a gap on")
	}
}

func (s *socket) odd(text string) { s.u.Oddities = append(clipped(s.u.Oddities), text) }

// end says that a direction ended, and how. It reports whether that was the end of
// the socket: an RST ends both directions.
func (s *socket) end(dir Dir, at capture.Instant, how capture.Ending) (over bool) {
	if s.ended[dir] = how; s.ended[dir.other()] == "" {
		s.first = dir
		if how != capture.RST {
			return false
		}
	}
	s.close(at, s.ended[s.first])
	return true
}

// close ends the record of a WebSocket, which stays open if how is "".
func (s *socket) close(at capture.Instant, how capture.Ending) {
	for dir := range s.parser {
		s.traffic(Dir(dir)).Bytes -= s.parser[dir].Left() // of a frame that was cut
		for _, text := range s.parser[dir].Oddities() {
			s.odd("frames of the " + string(Dir(dir).side()) + ": " + text)
		}
	}
	k := &s.u.Socket
	if how != "" {
		k.Closed = max(at, k.Opened)
		s.ending(k, how)
	}
	if end := cmp.Or(k.Closing, k.Closed); k.EndedBy == capture.Gateway && end.Seen() && end.Sub(k.Opened) <= capture.EarlyEnd {
		k.ServerFirst = s.early
	}
	s.d.emit(*s.u)
}

// ending says who ended a socket and how. A Close frame that may have been in a gap
// leaves that open.
func (s *socket) ending(k *capture.Socket, how capture.Ending) {
	sides := s.ended[FromClient] != "" || s.ended[FromServer] != ""
	missed := s.lost[FromClient] || s.lost[FromServer]
	switch {
	case k.Closing.Seen():
		k.How = capture.CloseFrame
	case !sides && (how == capture.Shutdown || how == capture.Timeout):
		k.How, k.EndedBy = how, capture.Recorder
	case missed && how != capture.RST:
	case sides:
		k.How, k.EndedBy = s.ended[s.first], s.first.side()
	default:
		k.How = how
	}
}
