package ws

// Event is what [Parser.Next] came to.
type Event uint8

const (
	None       Event = iota // all bytes are taken and nothing else is known
	Frame                   // a header: see [Parser.Header]
	ControlEnd              // the end of a Ping, Pong or Close: see [Parser.Sum], [Parser.CloseBody]
	FirstText               // the beginning of the first text message: see [Parser.Text]
)

// Parser follows one direction of a WebSocket. It needs no memory for a frame beyond
// itself, whatever its length.
type Parser struct {
	// Client says that the bytes come from the client, whose frames are masked
	// (RFC 6455 §5.1).
	Client bool
	// RSV are the reserved bits that were agreed on; see [Extensions].
	RSV byte
	// TextLimit is how many bytes of the first text message are kept.
	TextLimit int

	header    Header
	raw       [maxHeader]byte
	have      uint8 // bytes of raw
	state     state
	odd       odd
	inMessage bool // a fragmented message is not complete
	wantText  textState
	deflated  bool // the first text message is compressed

	pos, left int64 // payload bytes behind and before us in the frame
	taken     int64 // bytes of the direction, up to the frame in progress
	sum       uint64
	kept      []byte // of the Close frame, or of the first text message
	broken    *Error
}

type state uint8

const (
	inHeader  state = iota
	inPayload       // also where a frame without payload is about to end
	ended           // a Close frame has ended
)

type textState uint8

const (
	textAwaited textState = iota
	textComing
	textOver
)

// Next takes a piece. It returns how many bytes of its beginning it has taken and
// what they came to; call it again with the rest, even if that is empty, until the
// event is None. After an [*Error], and after the end of a Close frame, it takes
// everything and looks at nothing.
func (p *Parser) Next(b []byte) (n int, ev Event, err error) {
	for {
		switch p.state {
		case inHeader:
			m, complete := p.takeHeader(b[n:])
			n += m
			switch {
			case p.broken != nil:
				p.state = ended
				return n, None, p.broken
			case !complete:
				return n, None, nil
			}
			p.state = inPayload
			return n, Frame, nil
		case inPayload:
			m, ev := p.takePayload(b[n:])
			n += m
			if ev != None || p.state == inPayload {
				return n, ev, nil
			}
		default:
			if len(b) > n && p.broken == nil {
				p.odd |= oddAfterClose
			}
			return len(b), None, nil
		}
	}
}

// Header returns the header of the frame in progress.
func (p *Parser) Header() Header { return p.header }

// Broken returns the error that ended the parsing, nil if none has.
func (p *Parser) Broken() error {
	if p.broken == nil {
		return nil
	}
	return p.broken
}

// Sum returns a hash of the payload of the control frame that has just ended.
func (p *Parser) Sum() uint64 { return p.sum }

// CloseBody returns status code and reason of the Close frame that has just ended
// (RFC 6455 §5.5.1), code 0 if there is none.
func (p *Parser) CloseBody() (code int, reason []byte) {
	if len(p.kept) < 2 {
		return 0, nil
	}
	return int(p.kept[0])<<8 | int(p.kept[1]), p.kept[2:]
}

// Text returns the beginning of the first text message, unmasked, and whether that
// is all of it. The slice is the caller's. If [Parser.Deflated] is true it is still
// compressed.
func (p *Parser) Text() (text []byte, whole bool) {
	text = p.kept
	p.kept = nil
	return text, p.left == 0 && p.header.Fin
}

// Deflated reports whether the first text message is compressed (RFC 7692 §6).
func (p *Parser) Deflated() bool { return p.deflated }

// Skip says that n bytes are missing. It reports whether all of them are payload, by
// count, so that the parsing can go on behind them.
func (p *Parser) Skip(n int64) bool {
	if p.state == ended {
		return true
	}
	if p.state != inPayload || n < 0 || n > p.left || p.header.Opcode.Control() {
		return false
	}
	if p.wantText == textComing {
		p.wantText, p.kept = textOver, nil
	}
	p.pos += n
	p.left -= n
	return true
}

// Left returns how many bytes of the payload in progress have not come.
func (p *Parser) Left() int64 {
	if p.state != inPayload {
		return 0
	}
	return p.left
}

// Oddities lists what was unusual in the frames so far, for people.
func (p *Parser) Oddities() []string { return p.odd.list() }
