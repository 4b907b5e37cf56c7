package tlswire

import (
	"encoding/binary"

	"why403/capture"
)

// Content types (RFC 8446 §5.1, RFC 6520 §3).
const (
	typeCCS       = 20
	typeAlert     = 21
	typeHandshake = 22
	typeData      = 23
	typeHeartbeat = 24

	gapHere = 0 // not a record: bytes are missing here
	notTLS  = 1 // not a record: what follows is none
)

// Bounds of a record: TLS 1.2 lets ciphertext be 2,048 bytes longer than the
// 2^14 of plaintext, TLS 1.3 only 256 (RFC 5246 §6.2.3, RFC 8446 §5.2).
const (
	headerLen  = 5
	maxRecord  = 1<<14 + 2048
	maxContent = 1 << 14
)

// record is one TLS record (RFC 8446 §5.1):
//
//	byte 0     content type
//	byte 1–2   legacy version
//	byte 3–4   length of the body
//	byte 5–    body
type record struct {
	dir     Dir
	at      capture.Instant
	offset  int64 // of the header in the direction's stream
	typ     uint8
	version uint16
	body    []byte
}

func (r *record) header() (h [headerLen]byte) {
	h[0] = r.typ
	binary.BigEndian.PutUint16(h[1:], r.version)
	binary.BigEndian.PutUint16(h[3:], uint16(len(r.body)))
	return h
}

// pseudoHeader is what TLS 1.2 authenticates beside the content (RFC 5246
// §6.2.3.1): record number, type, version, and the content's length.
func (r *record) pseudoHeader(seq uint64, length int) (h [13]byte) {
	binary.BigEndian.PutUint64(h[:], seq)
	h[8] = r.typ
	binary.BigEndian.PutUint16(h[9:], r.version)
	binary.BigEndian.PutUint16(h[11:], uint16(length))
	return h
}

// plausible reports whether b, at least a header, can begin a record.
func plausible(b []byte) bool {
	return typeCCS <= b[0] && b[0] <= typeHeartbeat && b[1] == 3 && b[2] <= 4 &&
		binary.BigEndian.Uint16(b[3:]) <= maxRecord
}

// stream cuts one direction into records. Only a record that spans segments is
// copied.
type stream struct {
	buf  []byte // the beginning of a record, nil if none
	done int64  // bytes of the records before it
}

// next takes bytes from the front of b until a record is complete. It returns
// the record, header included, and the rest of b; a record of nil if there is
// none yet; and false if what follows is no record.
func (s *stream) next(b []byte, spare *buffers) (whole, rest []byte, ok bool) {
	if len(s.buf) == 0 && len(b) >= headerLen {
		if !plausible(b) {
			return nil, b, false
		}
		if n := wholeLen(b); len(b) >= n {
			return b[:n], b[n:], true
		}
	}
	if b = s.fill(b, headerLen, spare); len(s.buf) < headerLen {
		return nil, nil, true
	}
	if !plausible(s.buf) {
		return nil, b, false
	}
	n := wholeLen(s.buf)
	if b = s.fill(b, n, spare); len(s.buf) < n {
		return nil, nil, true
	}
	return s.buf, b, true
}

func wholeLen(header []byte) int { return headerLen + int(binary.BigEndian.Uint16(header[3:])) }

// fill moves bytes from b to the buffer until it holds n.
func (s *stream) fill(b []byte, n int, spare *buffers) (rest []byte) {
	if cap(s.buf) < n {
		whole := append(spare.get(n), s.buf...)
		spare.put(s.buf)
		s.buf = whole
	}
	take := min(max(0, n-len(s.buf)), len(b))
	s.buf = append(s.buf, b[:take]...)
	return b[take:]
}

// finish says that the record last returned, of n bytes, has been read.
func (s *stream) finish(n int, spare *buffers) {
	s.done += int64(n)
	s.drop(spare)
}

func (s *stream) drop(spare *buffers) {
	spare.put(s.buf)
	s.buf = nil
}
