package tcp

import (
	"bytes"
	"encoding/binary"

	"why403/capture/packet"
)

// table finds connections by their endpoints. Most segments are of a connection that had
// one a moment ago, which takes no look at the map.
type table struct {
	conns  map[key]*Conn
	recent []*Conn // by place, each also in conns
	shift  uint    // of a hash, for a place
}

// leastRecent is how many connections have a place from the beginning, as a power of two.
const leastRecent = 8

func newTable() table {
	return table{conns: map[key]*Conn{}, recent: make([]*Conn, 1<<leastRecent), shift: 64 - leastRecent}
}

// key is the pair of endpoints, the same for both directions.
type key struct{ low, high packet.Endpoint }

func keyOf(s *packet.Segment) key {
	if less(&s.Src, &s.Dst) {
		return key{s.Src, s.Dst}
	}
	return key{s.Dst, s.Src}
}

func less(a, b *packet.Endpoint) bool {
	if a.Port != b.Port {
		return a.Port < b.Port
	}
	return bytes.Compare(a.Addr[:], b.Addr[:]) < 0
}

// place is where a pair of endpoints, in either order, may be among the recent ones.
func (t *table) place(a, b *packet.Endpoint) **Conn {
	const odd = 0x9e3779b97f4a7c15 // 2^64 divided by the golden ratio: its multiples are far apart
	return &t.recent[(number(a)+number(b))*odd>>t.shift]
}

// number tells most endpoints apart.
func number(e *packet.Endpoint) uint64 {
	return uint64(binary.BigEndian.Uint32(e.Addr[12:]))<<16 | uint64(e.Port)
}

// find returns the connection of a segment, nil if there is none, and its direction.
func (t *table) find(s *packet.Segment) (*Conn, Dir) {
	at := t.place(&s.Src, &s.Dst)
	if c := *at; c != nil {
		switch {
		case c.Sides[First] == s.Src && c.Sides[Second] == s.Dst:
			return c, First
		case c.Sides[Second] == s.Src && c.Sides[First] == s.Dst:
			return c, Second
		}
	}
	c := t.conns[keyOf(s)]
	if c == nil {
		return nil, First
	}
	*at = c
	if c.Sides[First] == s.Src {
		return c, First
	}
	return c, Second
}

// put adds a connection, in place of one with the same endpoints.
func (t *table) put(c *Conn) {
	t.conns[c.key] = c
	if len(t.recent) < 4*len(t.conns) { // so that few share a place
		t.recent = make([]*Conn, 2*len(t.recent))
		t.shift--
	}
	*t.place(&c.key.low, &c.key.high) = c
}

// forget drops a connection, if it has not been replaced.
func (t *table) forget(c *Conn) {
	if t.conns[c.key] != c {
		return
	}
	delete(t.conns, c.key)
	if at := t.place(&c.key.low, &c.key.high); *at == c {
		*at = nil
	}
}
