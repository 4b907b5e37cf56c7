package dissect

import (
	"cmp"

	"why403/capture"
)

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
	s.emit()
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
