package http2

// data takes payload of a DATA frame (RFC 9113 §6.1).
func (r *Reader) data(b []byte) (n int, ev Event, more bool) {
	if r.padded {
		if len(b) == 0 {
			return 0, ev, false
		}
		r.pad, r.padded = int(b[0]), false
		if r.left--; r.pad > r.left {
			r.fail("padding over the length of a frame")
		}
		return 1, ev, true
	}
	ev = Event{Kind: Data, Stream: r.frame.stream}
	if payload := min(len(b), r.left-r.pad); payload > 0 {
		r.left -= payload
		ev.Data = b[:payload]
		return payload, ev, true
	}
	if r.left > r.pad { // payload is to come
		return 0, Event{}, false
	}
	n = min(len(b), r.left)
	r.left -= n
	r.pad -= n
	if r.left > 0 {
		return n, Event{}, false
	}
	r.state = inHeader
	ev.End = r.frame.has(flagEndStream)
	if !ev.End {
		ev = Event{}
	}
	return n, ev, true
}

// Skip says that n bytes are missing, n above 0. It reports whether the reader can go on behind
// them, because by count all of them are of one frame of data, and of which stream,
// or of a frame that says nothing.
func (r *Reader) Skip(n int64) (stream uint32, ok bool) {
	switch {
	case r.state == inData && !r.padded && n <= int64(r.left-r.pad):
		r.left -= int(n)
		stream = r.frame.stream
	case r.state == skipped && n <= int64(r.left):
		r.left -= int(n)
	default:
		r.fail("bytes missing")
		r.state = ended
		return 0, false
	}
	r.taken += n
	return stream, true
}
