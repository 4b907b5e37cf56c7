package ws

// FNV-1a, 64 bits, written out so that a ping needs no allocation.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// takePayload takes payload of the frame in progress, and ends the frame once it has
// come.
func (p *Parser) takePayload(b []byte) (n int, ev Event) {
	if int64(len(b)) > p.left {
		b = b[:p.left]
	}
	switch {
	case p.header.Opcode.Control():
		p.takeControl(b)
	case p.wantText == textComing:
		n = p.keep(b)
		if len(p.kept) >= p.TextLimit {
			p.advance(n)
			p.wantText = textOver
			return n, FirstText
		}
	}
	p.advance(len(b))
	if p.left > 0 {
		return len(b), None
	}
	return len(b), p.endFrame()
}

func (p *Parser) advance(n int) {
	p.pos += int64(n)
	p.left -= int64(n)
}

// endFrame returns what the end of the frame in progress means.
func (p *Parser) endFrame() Event {
	p.state = inHeader
	switch {
	case p.header.Opcode.Control():
		if p.header.Opcode == Close {
			p.state = ended
		}
		return ControlEnd
	case p.wantText == textComing && p.header.Fin:
		p.wantText = textOver
		return FirstText
	default:
		return None
	}
}

// takeControl hashes a control frame's payload, and keeps that of a Close frame.
func (p *Parser) takeControl(b []byte) {
	for i, c := range b {
		c = p.unmasked(c, i)
		p.sum = (p.sum ^ uint64(c)) * fnvPrime
		if p.header.Opcode == Close {
			p.kept = append(p.kept, c)
		}
	}
}

// keep copies what b has of the first text message, up to the limit.
func (p *Parser) keep(b []byte) (n int) {
	if p.kept == nil {
		p.kept = make([]byte, 0, min(len(b), p.TextLimit))
	}
	n = min(len(b), p.TextLimit-len(p.kept))
	for i, c := range b[:n] {
		p.kept = append(p.kept, p.unmasked(c, i))
	}
	return n
}

// unmasked undoes the masking of the i-th byte from here (RFC 6455 §5.3).
func (p *Parser) unmasked(c byte, i int) byte {
	if !p.header.Masked {
		return c
	}
	return c ^ p.header.Key[(p.pos+int64(i))&3]
}
