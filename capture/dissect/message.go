package dissect

import (
	"slices"
	"strings"
	"unicode/utf8"

	"why403/capture"
	"why403/capture/ws"
)

// control takes the end of a control frame.
func (s *socket) control(dir Dir, at capture.Instant, p *ws.Parser) {
	switch p.Header().Opcode {
	case ws.Ping:
		s.pings[dir].Ping(p.Sum(), at)
	case ws.Pong:
		if took, answers := s.pings[dir.other()].Pong(p.Sum(), at); answers && took >= 0 {
			k := &s.counts
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
		whole := len(reason) < maxReason // else the gateway may have cut it, within a secret perhaps
		k.CloseCode, k.CloseReason = code, s.d.tokens.MaskBody(strings.ToValidUTF8(string(reason), "\ufffd"), whole)
	}
}

// maxReason is how long the reason of a Close frame can be (RFC 6455 §5.5).
const maxReason = 123

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
	s.emit()
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
		out = strings.Clone(out[:n]) // many sockets keep it for as long as they are open
	}
	return out
}
