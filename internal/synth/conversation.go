// Package synth makes packets of byte streams: of conversations that are known
// whole ([Conversation]), and of what a relay passes on ([Tap]). Exports and tests
// use it; nothing in it listens to a network.
package synth

import (
	"net/netip"

	"why403/capture"
	"why403/capture/packet"
)

// Side is one end of a conversation.
type Side int

// The sides.
const (
	Client Side = iota
	Server
)

// SegmentSize is the most payload that a synthetic packet has.
const SegmentSize = 1400

// Conversation makes the segments of one TCP connection. It is not safe for
// concurrent use.
type Conversation struct {
	emit func(at capture.Instant, s *packet.Segment)
	ends [2]packet.Endpoint
	next [2]uint32
	fin  [2]bool
}

// NewConversation returns a conversation between two sockets that hands its
// segments to emit; isn is the first sequence number of each side.
func NewConversation(client, server netip.AddrPort, isn [2]uint32, emit func(capture.Instant, *packet.Segment)) *Conversation {
	return &Conversation{emit: emit, next: isn,
		ends: [2]packet.Endpoint{packet.EndpointOf(client), packet.EndpointOf(server)}}
}

// Open makes the three segments that open the connection.
func (c *Conversation) Open(at capture.Instant) {
	c.segment(Client, at, packet.SYN, nil)
	c.segment(Server, at, packet.SYN|packet.ACK, nil)
	c.segment(Client, at, packet.ACK, nil)
}

// Send makes the segments of bytes that a side sends, and the other's
// acknowledgement.
func (c *Conversation) Send(from Side, at capture.Instant, b []byte) {
	for len(b) > 0 {
		n := min(len(b), SegmentSize)
		c.segment(from, at, packet.ACK|packet.PSH, b[:n])
		b = b[n:]
	}
	c.segment(1-from, at, packet.ACK, nil)
}

// Skip leaves out n bytes that a side sends, as a capture with a gap does.
func (c *Conversation) Skip(from Side, n int64) { c.next[from] += uint32(n) }

// End makes a side's FIN, once.
func (c *Conversation) End(from Side, at capture.Instant) {
	if c.fin[from] {
		return
	}
	c.fin[from] = true
	c.segment(from, at, packet.FIN|packet.ACK, nil)
	c.segment(1-from, at, packet.ACK, nil)
}

// Reset makes a side's RST.
func (c *Conversation) Reset(from Side, at capture.Instant) {
	c.fin = [2]bool{true, true}
	c.segment(from, at, packet.RST|packet.ACK, nil)
}

func (c *Conversation) segment(from Side, at capture.Instant, flags packet.Flags, payload []byte) {
	s := packet.Segment{Src: c.ends[from], Dst: c.ends[1-from], Seq: c.next[from], Flags: flags, Payload: payload}
	if flags.Has(packet.ACK) {
		s.Ack = c.next[1-from]
	}
	c.emit(at, &s)
	c.next[from] += uint32(len(payload))
	if flags&(packet.SYN|packet.FIN) != 0 {
		c.next[from]++
	}
}
