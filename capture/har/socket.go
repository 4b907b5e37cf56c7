package har

import (
	"encoding/base64"
	"strings"

	"why403/capture"
)

// Opcodes of RFC 6455 §5.2.
const (
	opText   = 1
	opBinary = 2
	opClose  = 8
)

// socket fills in the life of an accepted WebSocket from its messages.
func (im *importer) socket(up *capture.Upgrade, e *entry) {
	s := &up.Socket
	s.Opened = up.Phases.ResponseHead
	first, frames := "", &capture.Frames{}
	for i := range e.Messages {
		m := &e.Messages[i]
		at := max(instant(m.Time), s.Opened)
		way, fromClient := &frames.FromServer, m.Type == "send"
		if fromClient {
			way = &frames.FromClient
		}
		if fromClient && m.Opcode == opText && frames.FromClient.Text == 0 {
			im.firstFrame(up, m.Data, at)
		}
		if !fromClient && m.Opcode == opText && first == "" {
			first = m.Data
		}
		count(way, m, at)
		if m.Opcode == opClose && !s.Closing.Seen() {
			s.Closing, s.EndedBy = at, capture.Gateway
			if fromClient {
				s.EndedBy = capture.Client
			}
		}
	}
	if len(e.Messages) > 0 {
		s.Frames = frames
	}
	im.end(s, e)
	if life, ended := capture.Since(s.Opened, s.Closed); ended && s.EndedBy == capture.Gateway && life < capture.EarlyEnd && first != "" {
		s.ServerFirst = clip(im.keeper.MaskBody(clip(first, maxMessage), len(first) <= maxMessage), maxMessage)
	}
}

// count adds a message to a direction.
func count(way *capture.Traffic, m *message, at capture.Instant) {
	size := int64(len(m.Data))
	switch m.Opcode {
	case opText:
		way.Text++
	case opBinary:
		way.Binary++
		size = int64(base64.RawStdEncoding.DecodedLen(len(strings.TrimRight(m.Data, "="))))
	}
	way.Frames++
	way.Bytes += size
	if !way.First.Seen() || at < way.First {
		way.First = at
	}
	way.Last = max(way.Last, at)
}

// firstFrame looks for credentials in the client's first text.
func (im *importer) firstFrame(up *capture.Upgrade, text string, at capture.Instant) {
	found, tokens := im.keeper.FirstFrame([]byte(text), at)
	up.Credentials = append(up.Credentials, found...)
	for _, t := range tokens {
		im.collect.Put(t)
	}
}

// end tells how the socket ended. Chrome's entries last until their socket's last
// event; of others only a Close frame or a mark of the tool says anything.
func (im *importer) end(s *capture.Socket, e *entry) {
	frames := s.Counted()
	last := max(frames.FromClient.Last, frames.FromServer.Last, s.Opened)
	switch {
	case e.Close != nil:
		s.Closed = max(instant(e.Close.Time), last)
		s.CloseCode, s.CloseReason = e.Close.Code, im.keeper.MaskText(clip(e.Close.Reason, maxMessage))
		s.How = capture.FIN
		if s.CloseCode != 0 {
			s.How = capture.CloseFrame
		}
		if s.Closing.Seen() {
			s.How = capture.CloseFrame
		} else if s.CloseCode != 0 {
			s.Closing = s.Closed
		}
	case s.Closing.Seen():
		s.Closed, s.How = max(s.Closing, last), capture.CloseFrame
	case im.creator.Name == "WebInspector" && e.Timings.Receive > 0:
		s.Closed, s.How = max(s.Opened.Add(ms(e.Timings.Receive)), last), capture.FIN
	default:
		im.endless++
	}
}
