package packet

import "net/netip"

// Segment is one TCP segment (RFC 9293 §3.1).
type Segment struct {
	Src, Dst Endpoint
	Seq, Ack uint32
	Flags    Flags
	Payload  []byte // as far as captured; valid as long as the packet's data
	Cut      int    // bytes of payload on the wire behind what was captured
}

// Len returns the bytes of payload that were on the wire.
func (s *Segment) Len() int { return len(s.Payload) + s.Cut }

// Endpoint is an address and port in a form that is quick to compare and to hash:
// IPv4 addresses are mapped into IPv6.
type Endpoint struct {
	Addr [16]byte
	Port uint16
}

// EndpointOf is the inverse of [Endpoint.AddrPort]; it drops the zone.
func EndpointOf(a netip.AddrPort) Endpoint { return Endpoint{a.Addr().As16(), a.Port()} }

// AddrPort returns e as the rest of the program has it.
func (e Endpoint) AddrPort() netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom16(e.Addr).Unmap(), e.Port)
}

// Flags are the control bits of a segment.
type Flags uint8

// The control bits that matter to a stream.
const (
	FIN Flags = 1 << iota
	SYN
	RST
	PSH
	ACK
)

// Has reports whether f has all of the bits.
func (f Flags) Has(bits Flags) bool { return f&bits == bits }
