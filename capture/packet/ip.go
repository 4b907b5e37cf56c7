package packet

import "encoding/binary"

// Protocols that lead to TCP, and the extension headers of IPv6 (RFC 8200 §4).
const (
	protoHopByHop = 0
	protoIPv4     = 4
	protoTCP      = 6
	protoUDP      = 17
	protoIPv6     = 41
	protoRouting  = 43
	protoFragment = 44
	protoGRE      = 47
	protoAH       = 51
	protoOptions  = 60
	protoMobility = 135
	protoHIP      = 139
	protoShim6    = 140
)

// ip reads either version.
func (w *walk) ip(s slice) bool {
	if w.depth++; w.depth > maxDepth {
		return w.malformed()
	}
	if len(s.b) == 0 {
		return w.short(s)
	}
	switch s.b[0] >> 4 {
	case 4:
		return w.ipv4(s)
	case 6:
		return w.ipv6(s)
	}
	return w.malformed()
}

// ipv4 reads RFC 791 §3.1.
func (w *walk) ipv4(s slice) bool {
	if len(s.b) < 20 {
		return w.short(s)
	}
	header, total := int(s.b[0]&15)*4, int(binary.BigEndian.Uint16(s.b[2:]))
	if header < 20 || total != 0 && total < header {
		return w.malformed()
	}
	if total != 0 { // 0: left to the network card, or more than 64 KiB
		s = s.limit(total)
	}
	if len(s.b) < header {
		return w.short(s)
	}
	src, dst := mapped(s.b[12:16]), mapped(s.b[16:20])
	protocol, piece := s.b[9], binary.BigEndian.Uint16(s.b[6:])
	payload := s.from(header)
	if offset, more := int(piece&0x1fff)*8, piece&0x2000 != 0; offset > 0 || more {
		id := uint32(binary.BigEndian.Uint16(s.b[4:]))
		return w.fragment(fragmentKey{src, dst, id, protocol}, offset, more, payload)
	}
	return w.transport(protocol, payload, src, dst)
}

func mapped(b []byte) (a [16]byte) {
	a[10], a[11] = 0xff, 0xff
	copy(a[12:], b)
	return a
}

// ipv6 reads RFC 8200 §3 and the extension headers up to the one that matters.
func (w *walk) ipv6(s slice) bool {
	if len(s.b) < 40 {
		return w.short(s)
	}
	src, dst := [16]byte(s.b[8:24]), [16]byte(s.b[24:40])
	next, length := s.b[6], int(binary.BigEndian.Uint16(s.b[4:]))
	s = s.from(40)
	if length != 0 { // 0: a jumbogram (RFC 2675), or left to the network card
		s = s.limit(length)
	}
	for range maxDepth {
		size := 0
		switch next {
		case protoHopByHop, protoRouting, protoOptions, protoMobility, protoHIP, protoShim6:
			if len(s.b) < 2 {
				return w.short(s)
			}
			size = (int(s.b[1]) + 1) * 8
		case protoFragment:
			if len(s.b) < 8 {
				return w.short(s)
			}
			piece := binary.BigEndian.Uint16(s.b[2:])
			if offset, more := int(piece&^7), piece&1 != 0; offset > 0 || more {
				key := fragmentKey{src, dst, binary.BigEndian.Uint32(s.b[4:]), s.b[0]}
				return w.fragment(key, offset, more, s.from(8))
			}
			size = 8 // a datagram in one fragment (RFC 6946)
		default:
			return w.transport(next, s, src, dst)
		}
		if len(s.b) < size {
			return w.short(s)
		}
		next, s = s.b[0], s.from(size)
	}
	return w.malformed()
}

func (w *walk) transport(protocol byte, s slice, src, dst [16]byte) bool {
	switch protocol {
	case protoTCP:
		return w.tcp(s, src, dst)
	case protoIPv4, protoIPv6:
		return w.ip(s)
	case protoGRE:
		return w.gre(s)
	case protoUDP:
		return w.udp(s)
	case protoAH: // next(1) length(1) … (RFC 4302 §2)
		if len(s.b) < 2 || len(s.b) < (int(s.b[1])+2)*4 {
			return w.short(s)
		}
		if w.depth++; w.depth > maxDepth {
			return w.malformed()
		}
		return w.transport(s.b[0], s.from((int(s.b[1])+2)*4), src, dst)
	}
	return w.notTCP()
}
