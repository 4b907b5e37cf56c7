package packet

import (
	"cmp"
	"slices"
	"time"

	"why403/capture"
)

// Bounds on fragments waiting for the rest of their datagram.
const (
	maxDatagrams  = 256 // 16 MiB of them
	maxDatagram   = 64 << 10
	fragmentsLife = 30 * time.Second // RFC 791 §3.2 suggests 15, RFC 8200 §4.5 says 60
)

// fragmentKey tells datagrams apart (RFC 791 §3.2, RFC 8200 §4.5).
type fragmentKey struct {
	src, dst [16]byte
	id       uint32
	protocol byte
}

// fragments joins datagrams.
type fragments struct {
	byKey      map[fragmentKey]*datagram
	order      []*datagram // oldest first
	incomplete int64
}

type datagram struct {
	key   fragmentKey
	began capture.Instant
	parts []part // by offset, without overlap
	have  int    // bytes in them
	total int    // 0 until the last fragment is there
	done  bool
}

type part struct {
	offset int
	data   []byte
}

// fragment keeps a fragment, and goes on with the datagram once it is whole.
func (w *walk) fragment(key fragmentKey, offset int, more bool, s slice) bool {
	w.d.counts.Fragments++
	f := &w.d.fragments
	f.expire(w.p.Time)
	dg := f.find(key, w.p.Time)
	if dg.done { // given up, or a copy of one that is whole
		return false
	}
	if s.missing > 0 || !dg.add(offset, more, s.b) {
		dg.done, dg.parts = true, nil
		f.incomplete++
		return false
	}
	if dg.total == 0 || dg.have < dg.total {
		return false
	}
	dg.done = true
	if w.depth++; w.depth > maxDepth {
		return w.malformed()
	}
	w.d.counts.Fragments-- // it counts as what it completed
	return w.transport(key.protocol, slice{b: dg.join()}, key.src, key.dst)
}

// find returns the datagram of a key, making room for it.
func (f *fragments) find(key fragmentKey, at capture.Instant) *datagram {
	if dg := f.byKey[key]; dg != nil {
		return dg
	}
	if f.byKey == nil {
		f.byKey = map[fragmentKey]*datagram{}
	}
	if len(f.order) == maxDatagrams {
		f.drop()
	}
	dg := &datagram{key: key, began: at}
	f.byKey[key] = dg
	f.order = append(f.order, dg)
	return dg
}

func (f *fragments) expire(now capture.Instant) {
	for len(f.order) > 0 && now.Sub(f.order[0].began) > fragmentsLife {
		f.drop()
	}
}

// drop forgets the oldest datagram.
func (f *fragments) drop() {
	dg := f.order[0]
	if !dg.done {
		f.incomplete++
	}
	delete(f.byKey, dg.key)
	f.order = slices.Delete(f.order, 0, 1)
}

// add keeps a fragment and reports whether the datagram can still become whole.
// The same fragment twice is a copy; any other overlap is an attack or damage, and
// receivers drop such datagrams too (RFC 8200 §4.5).
func (dg *datagram) add(offset int, more bool, b []byte) bool {
	end := offset + len(b)
	switch {
	case len(b) == 0, end > maxDatagram, more && len(b)%8 != 0:
		return false
	case !more && dg.total != 0 && dg.total != end, more && dg.total != 0 && end > dg.total:
		return false
	}
	i, same := slices.BinarySearchFunc(dg.parts, offset, func(p part, o int) int { return cmp.Compare(p.offset, o) })
	if same {
		return len(dg.parts[i].data) == len(b)
	}
	if i > 0 && dg.parts[i-1].offset+len(dg.parts[i-1].data) > offset ||
		i < len(dg.parts) && dg.parts[i].offset < end {
		return false
	}
	if !more {
		if i < len(dg.parts) { // others lie behind the last
			return false
		}
		dg.total = end
	}
	dg.parts = slices.Insert(dg.parts, i, part{offset, slices.Clone(b)})
	dg.have += len(b)
	return true
}

func (dg *datagram) join() []byte {
	whole := make([]byte, 0, dg.total)
	for _, p := range dg.parts {
		whole = append(whole, p.data...)
	}
	dg.parts = nil
	return whole
}
