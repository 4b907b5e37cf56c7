package http2

import (
	"golang.org/x/net/http2/hpack"
)

// block is a header block in progress (RFC 9113 §4.3).
type block struct {
	open    bool
	stream  uint32
	end     bool // the stream's direction ends with it
	promise bool // of a PUSH_PROMISE: decoded for the table's sake and not told
	bytes   []byte
}

// firstFragment takes the payload of a HEADERS or PUSH_PROMISE frame (§6.2, §6.6).
func (r *Reader) firstFragment(p []byte) Event {
	f := r.frame
	pad, skip := 0, 0
	if f.has(flagPadded) {
		if len(p) == 0 {
			r.fail("padding over the length of a frame")
			return Event{}
		}
		pad, p = int(p[0]), p[1:]
	}
	switch {
	case f.kind == framePromise:
		skip = 4
	case f.has(flagPriority):
		skip = 5
	}
	if skip+pad > len(p) {
		r.fail("padding over the length of a frame")
		return Event{}
	}
	r.block = block{stream: f.stream, end: f.kind == frameHeaders && f.has(flagEndStream), promise: f.kind == framePromise}
	return r.fragment(p[skip:len(p)-pad], f.has(flagEndHeaders))
}

// fragment adds to the header block and decodes it with the last one.
func (r *Reader) fragment(p []byte, last bool) Event {
	k := &r.block
	if len(k.bytes)+len(p) > maxKept {
		r.fail("header block over 64 KiB")
		return Event{}
	}
	k.bytes = append(k.bytes, p...)
	if k.open = !last; !last {
		return Event{}
	}
	list, truncated, err := r.fields.decode(k.bytes)
	k.bytes = nil
	switch {
	case err != nil:
		r.fail("header block cannot be decompressed")
		return Event{}
	case k.promise:
		return Event{}
	}
	return Event{Kind: Headers, Stream: k.stream, End: k.end, Fields: list, Truncated: truncated}
}

// fields decompresses header blocks (RFC 7541).
type fields struct {
	decoder   *hpack.Decoder
	list      []hpack.HeaderField
	size      int
	truncated bool
	allowed   uint32 // size of the dynamic table
}

// defaultTable is how large the dynamic table may be before SETTINGS say otherwise.
const defaultTable = 4 << 10

// maxTable bounds the dynamic table, in bytes.
const maxTable = 1 << 20

func (s *fields) init() {
	s.decoder = hpack.NewDecoder(defaultTable, func(f hpack.HeaderField) {
		// A small block can name a long field many times.
		if s.size += int(f.Size()); s.size > maxKept {
			s.truncated = true
			return
		}
		s.list = append(s.list, f)
	})
	s.decoder.SetMaxStringLength(maxKept)
}

func (s *fields) decode(b []byte) (list []hpack.HeaderField, truncated bool, err error) {
	s.list, s.size, s.truncated = nil, 0, false
	if _, err = s.decoder.Write(b); err == nil {
		err = s.decoder.Close()
	}
	list, s.list = s.list, nil
	return list, s.truncated, err
}

// AllowTable says that the other end allows a dynamic table of that size for this
// direction. It never lowers what was allowed: the sender may not have seen that yet.
func (r *Reader) AllowTable(size uint32) {
	if size = min(size, maxTable); size > max(r.fields.allowed, defaultTable) {
		r.fields.allowed = size
		r.fields.decoder.SetAllowedMaxDynamicTableSize(size)
	}
}
