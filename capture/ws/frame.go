package ws

// Opcode is what a frame is (RFC 6455 §5.2).
type Opcode byte

// The opcodes there are; the others are reserved.
const (
	Continuation Opcode = 0x0
	Text         Opcode = 0x1
	Binary       Opcode = 0x2
	Close        Opcode = 0x8
	Ping         Opcode = 0x9
	Pong         Opcode = 0xA
)

// Control reports whether a frame with that opcode is a control frame (§5.5).
func (o Opcode) Control() bool { return o >= 0x8 }

func (o Opcode) reserved() bool { return o > Binary && o < Close || o > Pong }

// Header is a frame header (RFC 6455 §5.2):
//
//	byte 0      FIN RSV1 RSV2 RSV3 opcode(4)
//	byte 1      MASK length(7)
//	then        2 bytes of length if it was 126, 8 if it was 127
//	then        4 bytes of masking key if MASK
type Header struct {
	Fin    bool
	RSV    byte // RSV1 is 0x40, RSV2 0x20, RSV3 0x10
	Opcode Opcode
	Masked bool
	Key    [4]byte
	Length int64 // of the payload in bytes
}

const (
	rsv1   = 0x40
	rsvAll = 0x70
)

// maxHeader is the length of the longest frame header.
const maxHeader = 14

// headerLength returns how long a header with that second byte is.
func headerLength(second byte) int {
	n := 2
	switch second & 0x7f {
	case 126:
		n += 2
	case 127:
		n += 8
	}
	if second&0x80 != 0 {
		n += 4
	}
	return n
}

// parseHeader reads a complete header. ok is false if the length has its highest bit
// set, which §5.2 forbids; minimal is false if it should have been written shorter.
func parseHeader(b []byte) (h Header, minimal, ok bool) {
	h.Fin, h.RSV, h.Opcode = b[0]&0x80 != 0, b[0]&rsvAll, Opcode(b[0]&0x0f)
	h.Masked = b[1]&0x80 != 0
	minimal = true
	i := 2
	switch n := b[1] & 0x7f; n {
	case 126:
		h.Length = int64(b[2])<<8 | int64(b[3])
		minimal, i = h.Length >= 126, 4
	case 127:
		for _, c := range b[2:10] {
			h.Length = h.Length<<8 | int64(c)
		}
		minimal, i = h.Length >= 1<<16, 10
	default:
		h.Length = int64(n)
	}
	if h.Masked {
		copy(h.Key[:], b[i:])
	}
	return h, minimal, h.Length >= 0
}
