package dissect

import (
	"maps"
	"slices"

	"why403/capture"
	"why403/capture/http2"
)

// drop forgets a stream that is over.
func (m *multiplex) drop(id uint32) {
	m.used -= m.streams[id].used
	delete(m.streams, id)
}

// goAway completes the requests that the gateway says it has not processed (RFC 9113
// §6.8).
func (m *multiplex) goAway(dir Dir, at capture.Instant, ev http2.Event) {
	if dir == FromClient {
		return
	}
	for id, s := range m.each() {
		if id > ev.Stream && s.status() == 0 {
			s.unanswered(at, capture.Dropped, "the gateway goes away ("+http2.CodeName(ev.Code)+") and has not processed the request")
			m.drop(id)
		}
	}
}

// each yields the streams in order.
func (m *multiplex) each() func(yield func(uint32, *stream) bool) {
	return func(yield func(uint32, *stream) bool) {
		for _, id := range slices.Sorted(maps.Keys(m.streams)) {
			if !yield(id, m.streams[id]) {
				return
			}
		}
	}
}

// lose gives up on a direction.
func (m *multiplex) lose(dir Dir) {
	m.lost[dir] = true
	for _, s := range m.streams {
		s.lose(dir)
	}
}

// gap says that n bytes of a direction are missing.
func (m *multiplex) gap(dir Dir, at capture.Instant, n int64) {
	if m.lost[dir] {
		return
	}
	id, ok := m.readers[dir].Skip(n)
	if !ok || n == 0 {
		m.lose(dir)
		return
	}
	if s := m.streams[id]; s != nil {
		s.gap(dir, at, n)
	}
}

// end says that a direction of the connection ended.
func (m *multiplex) end(dir Dir, at capture.Instant, how capture.Ending) {
	for id, s := range m.each() {
		switch {
		case s.socket != nil:
			if s.ended[dir] == "" && s.socket.end(dir, at, how) {
				m.drop(id)
			}
		case dir == FromServer:
			s.abandon(m.c, at, how)
			m.drop(id)
		}
	}
}

// close completes all streams.
func (m *multiplex) close(at capture.Instant, how capture.Ending) {
	for _, s := range m.each() {
		if s.socket != nil {
			s.socket.close(at, how)
		} else {
			s.abandon(m.c, at, how)
		}
	}
	clear(m.streams)
}

// fail completes the requests without an answer for a reason of the recorder's.
func (m *multiplex) fail(at capture.Instant, outcome capture.Outcome, why string) {
	for id, s := range m.each() {
		if s.status() == 0 {
			s.unanswered(at, outcome, why)
			m.drop(id)
		}
	}
}

// answered reports whether every request has its complete answer.
func (m *multiplex) answered() bool {
	for _, s := range m.streams {
		if s.socket == nil {
			return false
		}
	}
	return true
}
