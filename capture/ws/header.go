package ws

// takeHeader gathers the next header. It looks at b in place if all of it is there.
func (p *Parser) takeHeader(b []byte) (n int, complete bool) {
	raw := b
	if p.have > 0 || len(b) < 2 || len(b) < headerLength(b[1]) {
		n = p.gather(b)
		if p.have < 2 || int(p.have) < headerLength(p.raw[1]) {
			return n, false
		}
		raw = p.raw[:p.have]
	} else {
		n = headerLength(b[1])
	}
	p.begin(raw)
	return n, true
}

// gather adds to the header as far as it goes.
func (p *Parser) gather(b []byte) (n int) {
	for n < len(b) && (p.have < 2 || int(p.have) < headerLength(p.raw[1])) {
		p.raw[p.have] = b[n]
		p.have++
		n++
	}
	return n
}

// begin begins the frame with that header.
func (p *Parser) begin(raw []byte) {
	length := headerLength(raw[1])
	h, minimal, ok := parseHeader(raw[:length])
	p.have = 0
	p.check(h, minimal, ok)
	if p.broken != nil {
		return
	}
	p.header = h
	p.pos, p.left = 0, h.Length
	p.taken += int64(length) + h.Length
	switch {
	case h.Opcode.Control():
		p.sum = fnvOffset
		if h.Opcode == Close {
			p.dropText()
		}
	case h.Opcode == Text && p.wantText == textAwaited:
		p.wantText = textOver
		p.deflated = h.RSV == rsv1 && p.RSV == rsv1
		if p.TextLimit > 0 && (h.RSV == 0 || p.deflated) {
			p.wantText = textComing
		}
	}
	if !h.Opcode.Control() {
		p.inMessage = !h.Fin
	}
}

// dropText makes room for a Close frame within the first text message.
func (p *Parser) dropText() { p.wantText, p.kept = textOver, nil }

// check reports what is wrong with a header, as broken where what follows cannot be
// trusted to be frames.
func (p *Parser) check(h Header, minimal, ok bool) {
	control := h.Opcode.Control()
	switch {
	case !ok:
		p.fail("length of 2^63 or more")
	case h.Opcode.reserved():
		p.fail("reserved opcode")
	case h.RSV&^p.RSV != 0:
		p.fail("reserved bit that was not agreed on")
	case control && !h.Fin:
		p.fail("control frame in fragments")
	case control && h.Length > 125:
		p.fail("control frame over 125 bytes")
	}
	if p.broken != nil {
		return
	}
	if !minimal {
		p.odd |= oddLength
	}
	if h.Masked != p.Client {
		p.odd |= oddMask
	}
	if !control && (h.Opcode == Continuation) != p.inMessage {
		p.odd |= oddSequence
	}
	if h.Opcode == Close && h.Length == 1 {
		p.odd |= oddClose
	}
}

func (p *Parser) fail(problem string) { p.broken = &Error{p.taken, problem} }
