package packet

import (
	"encoding/binary"

	"why403/capture/pcapfile"
)

// Counts says what became of the packets. The reasons to skip one exclude each other.
type Counts struct {
	Packets  int64
	Segments int64 // TCP segments found
	Clipped  int64 // of them those whose payload ends behind the snap length

	NotIP     int64 // ARP and the like
	NotTCP    int64 // UDP, ICMP and the like
	Fragments int64 // fragments kept until their datagram is whole
	Malformed int64 // headers that contradict themselves
	Cut       int64 // headers behind the snap length
	Links     map[pcapfile.LinkType]int64

	// Incomplete are datagrams given up because a fragment never came, was cut
	// or overlapped another.
	Incomplete int64
}

// Decoder decodes packets. The zero value is ready; it is not safe for concurrent
// use.
type Decoder struct {
	counts    Counts
	fragments fragments
}

// Counts returns the counts so far.
func (d *Decoder) Counts() Counts {
	c := d.counts
	c.Incomplete = d.fragments.incomplete
	return c
}

// maxDepth is how many headers that contain another packet are followed.
const maxDepth = 16

// slice is a part of a packet: what was captured of it, and how much more there was.
type slice struct {
	b       []byte
	missing int
}

// from returns s behind its first n bytes, which must be there.
func (s slice) from(n int) slice { return slice{s.b[n:], s.missing} }

// limit returns the first n bytes of s. More than the packet had means that its
// length is wrong or its capture cut, and counts as missing.
func (s slice) limit(n int) slice {
	if n <= len(s.b) {
		return slice{b: s.b[:n]}
	}
	return slice{s.b, n - len(s.b)}
}

// walk is one packet on its way through the decoder.
type walk struct {
	d     *Decoder
	p     *pcapfile.Packet
	s     *Segment
	depth int
}

// Decode finds the segment in p and reports whether there is one. The segment
// refers to p's data, except where fragments were joined.
func (d *Decoder) Decode(p *pcapfile.Packet, s *Segment) bool {
	d.counts.Packets++
	w := walk{d: d, p: p, s: s}
	whole := slice{p.Data, p.Length - len(p.Data)}
	found := false
	switch p.Link {
	case pcapfile.Ethernet:
		found = w.ethernet(whole)
	case pcapfile.SLL:
		found = w.etherTypeAt(whole, 14, 16)
	case pcapfile.SLL2:
		found = w.etherTypeAt(whole, 0, 20)
	case pcapfile.Raw, pcapfile.RawBSD, pcapfile.RawOpen, pcapfile.IPv4, pcapfile.IPv6:
		found = w.ip(whole)
	case pcapfile.Null, pcapfile.Loop:
		found = w.loopback(whole)
	case pcapfile.PPP:
		found = w.ppp(whole)
	default:
		if d.counts.Links == nil {
			d.counts.Links = map[pcapfile.LinkType]int64{}
		}
		d.counts.Links[p.Link]++
	}
	if found {
		d.counts.Segments++
	}
	return found
}

// tcp reads a segment (RFC 9293 §3.1).
func (w *walk) tcp(s slice, src, dst [16]byte) bool {
	if len(s.b) < 20 {
		return w.short(s)
	}
	header := int(s.b[12]>>4) * 4
	if header < 20 {
		return w.malformed()
	}
	if len(s.b) < header {
		return w.short(s)
	}
	if s.missing > 0 {
		w.d.counts.Clipped++
	}
	*w.s = Segment{
		Src:     Endpoint{src, binary.BigEndian.Uint16(s.b)},
		Dst:     Endpoint{dst, binary.BigEndian.Uint16(s.b[2:])},
		Seq:     binary.BigEndian.Uint32(s.b[4:]),
		Ack:     binary.BigEndian.Uint32(s.b[8:]),
		Flags:   Flags(s.b[13]),
		Payload: s.b[header:],
		Cut:     s.missing,
	}
	return true
}

// short ends the walk at a header that is not all there.
func (w *walk) short(s slice) bool {
	if s.missing > 0 {
		w.d.counts.Cut++
		return false
	}
	return w.malformed()
}

func (w *walk) malformed() bool { w.d.counts.Malformed++; return false }
func (w *walk) notIP() bool     { w.d.counts.NotIP++; return false }
func (w *walk) notTCP() bool    { w.d.counts.NotTCP++; return false }
