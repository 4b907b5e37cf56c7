package http2

import "encoding/binary"

// frame is a frame header (RFC 9113 §4.1):
//
//	bytes 0–2   length of the payload
//	byte 3      type
//	byte 4      flags
//	bytes 5–8   a reserved bit, stream
type frame struct {
	length int
	kind   byte
	flags  byte
	stream uint32
}

const headerBytes = 9

// Frame types that matter here (RFC 9113 §6).
const (
	frameData         = 0x0
	frameHeaders      = 0x1
	frameReset        = 0x3
	frameSettings     = 0x4
	framePromise      = 0x5
	frameGoAway       = 0x7
	frameContinuation = 0x9
)

const (
	flagEndStream  = 0x01 // of DATA, HEADERS
	flagAck        = 0x01 // of SETTINGS
	flagEndHeaders = 0x04
	flagPadded     = 0x08
	flagPriority   = 0x20
)

func parseHeader(b []byte) frame {
	return frame{
		length: int(b[0])<<16 | int(b[1])<<8 | int(b[2]),
		kind:   b[3], flags: b[4],
		stream: binary.BigEndian.Uint32(b[5:]) &^ (1 << 31),
	}
}

func (f frame) has(flag byte) bool {
	switch f.kind {
	case frameData, frameHeaders, framePromise:
	case frameContinuation:
		return flag == flagEndHeaders && f.flags&flag != 0
	default:
		return false
	}
	return f.flags&flag != 0
}

// isKept reports whether a frame is read as a whole.
func (f frame) isKept() bool {
	switch f.kind {
	case frameHeaders, frameReset, frameSettings, framePromise, frameGoAway, frameContinuation:
		return true
	}
	return false
}

// kept reads a frame that has come as a whole.
func (r *Reader) kept(p []byte) Event {
	switch f := r.frame; f.kind {
	case frameHeaders, framePromise:
		return r.firstFragment(p)
	case frameContinuation:
		return r.fragment(p, f.has(flagEndHeaders))
	case frameReset: // §6.4
		if len(p) == 4 {
			return Event{Kind: Reset, Stream: f.stream, Code: binary.BigEndian.Uint32(p)}
		}
		r.fail("RST_STREAM of a wrong length")
	case frameGoAway: // §6.8
		if len(p) >= 8 {
			return Event{Kind: GoAway, Stream: binary.BigEndian.Uint32(p) &^ (1 << 31), Code: binary.BigEndian.Uint32(p[4:])}
		}
		r.fail("GOAWAY of a wrong length")
	case frameSettings:
		return settings(f, p)
	}
	return Event{}
}

// settings looks for SETTINGS_HEADER_TABLE_SIZE (§6.5.2), the last one given.
func settings(f frame, p []byte) (ev Event) {
	if f.flags&flagAck != 0 {
		return Event{}
	}
	for ; len(p) >= 6; p = p[6:] {
		if binary.BigEndian.Uint16(p) == 1 {
			ev = Event{Kind: Settings, TableSize: binary.BigEndian.Uint32(p[2:])}
		}
	}
	return ev
}

// CodeName returns the name of an error code (RFC 9113 §7).
func CodeName(code uint32) string {
	names := [...]string{
		"NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED", "FRAME_SIZE_ERROR",
		"REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
	}
	if int64(code) < int64(len(names)) {
		return names[code]
	}
	return "unknown error code"
}
