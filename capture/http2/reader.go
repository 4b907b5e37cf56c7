package http2

import (
	"golang.org/x/net/http2/hpack"
)

// Reader follows one direction of a connection. Use [NewReader].
type Reader struct {
	state   state
	preface int    // bytes of the preface that have come
	raw     []byte // frame header in progress, or payload of a frame that is kept
	frame   frame
	left    int  // bytes of the frame still to come, padding included
	pad     int  // bytes of padding at its end
	padded  bool // the byte that says how much padding there is is still to come

	block  block
	fields fields
	taken  int64 // bytes so far
	start  int64 // of them before the frame in progress
	broken *Error
}

type state uint8

const (
	inPreface state = iota
	inHeader
	inKept  // a frame that is read as a whole
	inData  // a DATA frame
	skipped // a frame that says nothing to us
	ended
)

// maxKept bounds a frame that is read as a whole, and a header block, in bytes. Ends
// must ask for frames over 16 KiB (RFC 9113 §4.2) and hardly do.
const maxKept = 64 << 10

// NewReader returns the reader for the client's direction or the server's.
func NewReader(client bool) *Reader {
	r := &Reader{state: inHeader}
	if client {
		r.state = inPreface
	}
	r.fields.init()
	return r
}

// Kind is what an [Event] is about.
type Kind uint8

const (
	None     Kind = iota // all bytes are taken
	Headers              // a header block is complete
	Data                 // payload of a stream
	Reset                // RST_STREAM
	GoAway               // GOAWAY
	Settings             // a header table size in SETTINGS
)

// Event is what [Reader.Next] came to.
type Event struct {
	Kind      Kind
	Stream    uint32 // for GoAway the last stream that was or may be processed
	End       bool   // the direction of the stream ends (END_STREAM)
	Fields    []hpack.HeaderField
	Truncated bool   // of Headers: fields over 64 KiB were left out
	Data      []byte // part of what was given to Next
	Code      uint32 // of Reset and GoAway (RFC 9113 §7)
	TableSize uint32 // of Settings
}

// Next takes a piece. It returns how many of its bytes it has taken and what they
// came to; call it again with the rest until the event is None. What an event holds
// is valid until the next call. After an [*Error] it takes everything and looks at
// nothing.
func (r *Reader) Next(b []byte) (n int, ev Event, err error) {
	for r.state != ended {
		m, ev, more := r.step(b[n:])
		n += m
		r.taken += int64(m)
		if r.broken != nil {
			r.state = ended
			return len(b), Event{}, r.broken
		}
		if ev.Kind != None || !more {
			return n, ev, nil
		}
	}
	return len(b), Event{}, nil
}

// Between reports whether no frame and no header block is in progress.
func (r *Reader) Between() bool {
	return r.state == inHeader && len(r.raw) == 0 && !r.block.open || r.state == inPreface && r.preface == 0
}

// step does what can be done next. more is false if that needs bytes that have not
// come.
func (r *Reader) step(b []byte) (n int, ev Event, more bool) {
	switch r.state {
	case inPreface:
		n, more = r.takePreface(b)
	case inHeader:
		if n = r.gather(b, headerBytes); len(r.raw) == headerBytes {
			r.start = r.taken + int64(n) - headerBytes
			r.begin(parseHeader(r.raw))
			r.raw, more = r.raw[:0], true
		}
	case inKept:
		if n = r.gather(b, r.frame.length); len(r.raw) == r.frame.length {
			ev = r.kept(r.raw)
			r.raw, r.state, more = nil, inHeader, true
		}
	case inData:
		return r.data(b)
	default:
		n = min(len(b), r.left)
		if r.left -= n; r.left == 0 {
			r.state, more = inHeader, true
		}
	}
	return n, ev, more
}

func (r *Reader) takePreface(b []byte) (n int, complete bool) {
	for n < len(b) && r.preface < len(Preface) {
		if b[n] != Preface[r.preface] {
			r.fail("no connection preface")
			return n, false
		}
		r.preface++
		n++
	}
	if r.preface < len(Preface) {
		return n, false
	}
	r.state = inHeader
	return n, true
}

// gather adds to raw until that has size bytes.
func (r *Reader) gather(b []byte, size int) (n int) {
	n = min(len(b), size-len(r.raw))
	r.raw = append(r.raw, b[:n]...)
	return n
}

// begin begins a frame.
func (r *Reader) begin(f frame) {
	r.frame, r.left, r.pad, r.padded = f, f.length, 0, f.has(flagPadded)
	continued := r.block.open
	switch {
	case continued != (f.kind == frameContinuation), continued && f.stream != r.block.stream:
		r.fail("frames within a header block, or none before its continuation")
	case f.kind == frameData:
		r.state = inData
		if r.padded && f.length == 0 {
			r.fail("padding over the length of a frame")
		}
	case f.isKept() && f.length > maxKept:
		r.fail("frame over 64 KiB")
	case f.isKept():
		r.state = inKept
	default:
		r.state = skipped
	}
}

func (r *Reader) fail(problem string) {
	if r.broken == nil {
		r.broken = &Error{r.start, problem}
	}
}
