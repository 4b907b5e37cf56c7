package tcp

import (
	"cmp"
	"slices"

	"why403/capture"
	"why403/capture/packet"
)

// half is one direction of a connection. Positions are sequence numbers carried on
// to 64 bits, so that they never wrap.
type half struct {
	seen    bool // a segment of this side was captured
	based   bool // next is a position to relate sequence numbers to
	settled bool // next is where the stream goes on
	opened  bool // its SYN was seen: first is the position behind it
	ended   bool // its FIN was given out

	first, next uint64
	acked       uint64          // the highest position that the peer acknowledged; 0 if none
	low         uint64          // the lowest, before the half was settled
	exact       bool            // low is where the stream begins
	proven      capture.Instant // when bytes from next on were acknowledged while missing
	given       capture.Instant // time of the last bytes given out
	queue       []chunk         // by position, without overlap
	bytes       int             // kept in it
	fin         chunk           // where the stream ends; empty, at 0 if not known
}

// chunk is what a segment brought that could not be given out yet.
type chunk struct {
	pos  uint64
	data []byte
	cut  int    // bytes behind data that the snap length took
	ack  uint64 // position in the other half; 0 if it had none
	at   capture.Instant
	rst  bool // for the end of a stream: it is an RST, not a FIN
}

// chunkCost is what a chunk takes beside its data.
const chunkCost = 96

func (c *chunk) len() int    { return len(c.data) + c.cut }
func (c *chunk) end() uint64 { return c.pos + uint64(c.len()) }

// trim drops what lies before pos, and what lies from limit on.
func (c *chunk) trim(pos, limit uint64) {
	if end := c.end(); limit < end {
		n := int(end - limit)
		fromCut := min(n, c.cut)
		c.cut -= fromCut
		c.data = c.data[:len(c.data)-(n-fromCut)]
	}
	if c.pos < pos {
		n := int(pos - c.pos)
		fromData := min(n, len(c.data))
		c.data, c.cut = c.data[fromData:], c.cut-(n-fromData)
		c.pos = pos
	}
}

// head returns the first thing that waits: a chunk, or the end of the stream.
func (h *half) head() *chunk {
	if h.fin.pos != 0 && !h.ended && (len(h.queue) == 0 || h.queue[0].pos >= h.fin.pos) {
		return &h.fin
	}
	if len(h.queue) > 0 {
		return &h.queue[0]
	}
	return nil
}

// window is how far from the expected position a sequence number may lie. TCP's
// largest window is 1 GiB (RFC 7323 §2.3).
const window = 1 << 30

// position carries a sequence number on to 64 bits. It reports false for one that
// no receiver would accept.
func (h *half) position(seq uint32) (uint64, bool) {
	if !h.based {
		h.based, h.next = true, 1<<33|uint64(seq)
	}
	diff := int64(int32(seq - uint32(h.next)))
	return h.next + uint64(diff), -window <= diff && diff <= window
}

// open settles a half at its SYN.
func (h *half) open(isn uint32) {
	h.seen, h.opened = true, true
	if h.settled { // the SYN came late into the capture
		return
	}
	pos, _ := h.position(isn)
	h.settled, h.first, h.next = true, pos+1, pos+1
}

// acknowledge takes what the peer says it has of this half.
func (h *half) acknowledge(ack uint32, at capture.Instant) uint64 {
	pos, ok := h.position(ack)
	if !ok {
		return 0
	}
	h.acked = max(h.acked, pos)
	if !h.settled && (h.low == 0 || pos < h.low) {
		h.low = pos
	}
	if h.proven == 0 && h.settled && h.acked > h.next {
		h.proven = at
	}
	return pos
}

// add keeps a copy of the parts of c that the queue has not got, and returns what
// that takes. What came first stays.
func (h *half) add(c chunk) (kept int) {
	i, _ := slices.BinarySearchFunc(h.queue, c.pos, func(q chunk, pos uint64) int {
		return cmp.Compare(q.end(), pos+1) // the first that ends behind pos
	})
	for c.len() > 0 {
		if i == len(h.queue) || c.end() <= h.queue[i].pos {
			return kept + h.insert(i, c)
		}
		if c.pos < h.queue[i].pos {
			head := c
			head.trim(c.pos, h.queue[i].pos)
			kept += h.insert(i, head)
			i++
		}
		covered := h.queue[i].end()
		if c.end() <= covered {
			return kept
		}
		c.trim(max(c.pos, covered), c.end())
		i++
	}
	return kept
}

func (h *half) insert(i int, c chunk) int {
	c.data = slices.Clone(c.data)
	h.queue = slices.Insert(h.queue, i, c)
	h.bytes += len(c.data) + chunkCost
	return len(c.data) + chunkCost
}

// pop removes the first chunk.
func (h *half) pop() (c chunk, freed int) {
	c = h.queue[0]
	h.queue[0] = chunk{}
	if h.queue = h.queue[1:]; len(h.queue) == 0 {
		h.queue = nil
	}
	freed = len(c.data) + chunkCost
	h.bytes -= freed
	return c, freed
}

// settle decides where a stream begins whose SYN was not captured: at its first
// byte at hand, or where the peer said it expects the next one.
func (h *half) settle() {
	start := h.next
	if k := h.head(); k != nil {
		start = k.pos
	}
	if h.low != 0 && h.low < start && start-h.low <= 1<<20 {
		start = h.low
	}
	h.settled, h.first, h.next = true, start, start
}

// isSYN reports whether a SYN is the one this half was opened with.
func (h *half) isSYN(s *packet.Segment) bool {
	return h.opened && uint32(h.first) == s.Seq+1
}
