package dissect

import (
	"bytes"

	"why403/capture"
	"why403/capture/http1"
)

// half is one direction of a connection that is HTTP/1.1.
type half struct {
	phase phase
	scan  http1.Scanner
	head  []byte          // what has come of the head in progress
	began capture.Instant // when the head in progress began
	body  body
	x     *exchange // of the client, for inBody: whose body it is
	held  []piece   // what came and is not understood yet, in order
	size  int       // bytes in held
}

// phase is where a half is in its messages.
type phase uint8

const (
	inHead phase = iota
	inBody
	inDoubt // client, behind an upgrade request that has no answer
	lost    // nobody knows
)

// piece is bytes whose meaning is not known yet, or a gap if b is nil.
type piece struct {
	at  capture.Instant
	b   []byte
	gap int64
}

// maxHeld bounds what is held while an upgrade has no answer, in bytes. Clients that
// do not wait for the 101 are rare, and send a message or two.
const maxHeld = 64 << 10

// lose lets go of what the half holds.
func (h *half) lose() { *h = half{phase: lost} }

// takeHead adds to the head in progress. It returns the head without the empty lines
// before it once that is complete, and what follows.
func (h *half) takeHead(at capture.Instant, b []byte) (head string, complete bool, rest []byte, err error) {
	if len(h.head) == 0 {
		h.scan, h.began = http1.Scanner{}, at
	}
	n, complete, err := h.scan.Scan(b)
	lead := h.scan.Lead()
	switch {
	case err != nil, !complete:
		h.head = append(h.head, b[:n]...)
		return "", false, b[n:], err
	case len(h.head) == 0:
		head = string(b[:n])
	default:
		head = string(append(h.head, b[:n]...))
	}
	h.head = nil
	return head[lead:], true, b[n:], nil
}

// hold keeps bytes until it is known what they are.
func (h *half) hold(at capture.Instant, b []byte) (fits bool) {
	if h.size += len(b); h.size > maxHeld {
		return false
	}
	h.held = append(h.held, piece{at: at, b: bytes.Clone(b)})
	return true
}

// beginning returns the first bytes of what is held and b, enough for a frame header
// of HTTP/2.
func (h *half) beginning(b []byte) (start []byte) {
	const enough = 9
	for _, p := range h.held {
		start = append(start, p.b[:min(len(p.b), enough)]...)
		if len(start) >= enough {
			return start
		}
	}
	return append(start, b[:min(len(b), enough)]...)
}

// body is a message body in progress.
type body struct {
	framing http1.Framing
	follow  http1.Body
	kept    []byte
	limit   int   // how much is kept
	size    int64 // bytes so far, gaps included
	cut     bool  // kept is not all of it
}

func newBody(f http1.Framing, limit int) body {
	return body{framing: f, follow: http1.NewBody(f), limit: limit}
}

// take takes what b has of the body and returns the rest.
func (y *body) take(b []byte) (rest []byte, err error) {
	for len(b) > 0 && !y.follow.Done() {
		payload, n, err := y.follow.Next(b)
		y.keep(payload)
		if b = b[n:]; err != nil {
			y.cut = true
			return b, err
		}
	}
	return b, nil
}

func (y *body) keep(payload []byte) {
	y.size += int64(len(payload))
	if room := y.limit - len(y.kept); room < len(payload) {
		payload, y.cut = payload[:max(room, 0)], true
	}
	if y.cut && len(payload) == 0 {
		return
	}
	y.kept = append(y.kept, payload...)
}

// skip says that n bytes are missing. It reports whether all of them are of the body,
// which nobody can tell for chunks.
func (y *body) skip(n int64) bool {
	switch left := y.framing.Length - y.size; {
	case n == 0: // nobody knows how many
		return false
	case y.framing.Kind == http1.UntilClose:
	case y.framing.Kind == http1.Sized && n < left:
		y.follow = http1.NewBody(http1.Framing{Kind: http1.Sized, Length: left - n})
	case y.framing.Kind == http1.Sized && n == left:
		y.follow = http1.Body{}
	default:
		return false
	}
	// What comes behind a hole is not put together with what came before.
	y.size, y.limit, y.cut = y.size+n, 0, true
	return true
}
