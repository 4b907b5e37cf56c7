package packet

import "encoding/binary"

// gre reads flags(2) type(2) and the optional checksum, key and sequence number, 4
// bytes each (RFC 2784 §2, RFC 2890 §2).
func (w *walk) gre(s slice) bool {
	const checksum, key, sequence, version = 0x8000, 0x2000, 0x1000, 7
	if len(s.b) < 4 {
		return w.short(s)
	}
	flags, kind := binary.BigEndian.Uint16(s.b), binary.BigEndian.Uint16(s.b[2:])
	if flags&version != 0 { // 1: PPTP
		return w.notTCP()
	}
	header := 4
	for _, optional := range []uint16{checksum, key, sequence} {
		if flags&optional != 0 {
			header += 4
		}
	}
	if len(s.b) < header {
		return w.short(s)
	}
	s = s.from(header)
	switch kind {
	case etherERSPAN2: // with a sequence number type II, whose header has 8 bytes; else type I
		if flags&sequence != 0 {
			return w.inner(s, 8)
		}
		return w.inner(s, 0)
	case etherERSPAN3:
		return w.erspan3(s)
	}
	return w.etherType(kind, s)
}

// erspan3 passes 12 bytes, and 8 more if the last bit of them says so.
func (w *walk) erspan3(s slice) bool {
	if len(s.b) < 12 {
		return w.short(s)
	}
	if s.b[11]&1 != 0 {
		return w.inner(s, 20)
	}
	return w.inner(s, 12)
}

// inner goes on with an Ethernet frame behind a header.
func (w *walk) inner(s slice, header int) bool {
	if len(s.b) < header {
		return w.short(s)
	}
	if w.depth++; w.depth > maxDepth {
		return w.malformed()
	}
	return w.ethernet(s.from(header))
}

// udp looks for tunnels by their port: source(2) destination(2) length(2) checksum(2).
func (w *walk) udp(s slice) bool {
	const vxlan, linuxVXLAN, geneve = 4789, 8472, 6081
	if len(s.b) < 16 {
		return w.notTCP()
	}
	switch binary.BigEndian.Uint16(s.b[2:]) {
	case vxlan, linuxVXLAN: // flags(1) reserved(3) network(3) reserved(1) (RFC 7348 §5)
		if s.b[8]&0x08 != 0 {
			return w.inner(s, 16)
		}
	case geneve: // version and options' length(1) flags(1) type(2) network(3) reserved(1) (RFC 8926 §3.4)
		header := 16 + int(s.b[8]&0x3f)*4
		if s.b[8]>>6 == 0 && len(s.b) >= header {
			return w.etherType(binary.BigEndian.Uint16(s.b[10:]), s.from(header))
		}
	}
	return w.notTCP()
}
