package packet

import "encoding/binary"

// EtherTypes that lead to IP.
const (
	etherIPv4     = 0x0800
	etherIPv6     = 0x86dd
	etherVLAN     = 0x8100
	etherQinQ     = 0x88a8
	etherOldQinQ  = 0x9100
	etherMPLS     = 0x8847
	etherPPPoE    = 0x8864
	etherEthernet = 0x6558 // transparent Ethernet bridging
	etherERSPAN2  = 0x88be
	etherERSPAN3  = 0x22eb
)

// ethernet reads destination(6) source(6) type(2).
func (w *walk) ethernet(s slice) bool { return w.etherTypeAt(s, 12, 14) }

// etherTypeAt goes on behind a header whose EtherType stands at an offset.
func (w *walk) etherTypeAt(s slice, at, header int) bool {
	if len(s.b) < header {
		return w.short(s)
	}
	return w.etherType(binary.BigEndian.Uint16(s.b[at:]), s.from(header))
}

func (w *walk) etherType(kind uint16, s slice) bool {
	if w.depth++; w.depth > maxDepth {
		return w.malformed()
	}
	switch kind {
	case etherIPv4, etherIPv6:
		return w.ip(s)
	case etherVLAN, etherQinQ, etherOldQinQ: // tag(2) type(2)
		return w.etherTypeAt(s, 2, 4)
	case etherMPLS:
		return w.mpls(s)
	case etherPPPoE: // version(1) code(1) session(2) length(2) (RFC 2516 §4)
		if len(s.b) < 6 {
			return w.short(s)
		}
		return w.ppp(s.from(6))
	case etherEthernet:
		return w.ethernet(s)
	}
	if kind <= 1500 {
		return w.llc(s)
	}
	return w.notIP()
}

// llc reads an 802.2 header with SNAP (RFC 1042): aa aa 03, organisation(3), type(2).
func (w *walk) llc(s slice) bool {
	if len(s.b) < 8 || s.b[0] != 0xaa || s.b[1] != 0xaa {
		return w.notIP()
	}
	return w.etherTypeAt(s, 6, 8)
}

// mpls passes the label stack (RFC 3032 §2.1); what follows shows by its first bits.
func (w *walk) mpls(s slice) bool {
	for range maxDepth {
		if len(s.b) < 5 {
			return w.short(s)
		}
		bottom := s.b[2]&1 != 0
		s = s.from(4)
		if !bottom {
			continue
		}
		if version := s.b[0] >> 4; version == 4 || version == 6 {
			return w.ip(s)
		}
		if len(s.b) >= 4 && binary.BigEndian.Uint32(s.b) == 0 { // a control word (RFC 4448 §4.6)
			s = s.from(4)
		}
		return w.ethernet(s)
	}
	return w.malformed()
}

// loopback reads an address family in either byte order: the host's that captured,
// or the network's.
func (w *walk) loopback(s slice) bool {
	if len(s.b) < 4 {
		return w.short(s)
	}
	family := binary.LittleEndian.Uint32(s.b)
	if family >= 1<<16 {
		family = binary.BigEndian.Uint32(s.b)
	}
	switch family {
	case 2, 10, 24, 28, 30: // IPv4, and IPv6 on Linux and the BSDs
		return w.ip(s.from(4))
	}
	return w.notIP()
}

// ppp reads an optional ff 03, then a protocol of one or two bytes (RFC 1661 §2).
func (w *walk) ppp(s slice) bool {
	if len(s.b) >= 2 && s.b[0] == 0xff && s.b[1] == 0x03 {
		s = s.from(2)
	}
	if len(s.b) < 2 {
		return w.short(s)
	}
	protocol, header := binary.BigEndian.Uint16(s.b), 2
	if s.b[0]&1 != 0 {
		protocol, header = uint16(s.b[0]), 1
	}
	switch protocol {
	case 0x21, 0x57:
		return w.ip(s.from(header))
	}
	return w.notIP()
}
