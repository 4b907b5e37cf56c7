package passive

import (
	"cmp"
	"math"
	"net/netip"
	"slices"

	"why403/capture"
)

// spans are attempts by when they were sent, to find those that enclose another: a tree over
// them keeps in each node what ends last. A search looks at no more nodes than the tree is
// deep for each attempt that it finds, however many there are.
type spans struct {
	attempts []*capture.Upgrade // by time of request, connection and exchange
	tree     []latest           // node i has the children 2i and 2i+1; leaves are its second half
	looks    int                // at nodes, for a test
}

// span asks for attempts that were sent between two moments and ended at a third or later.
type span struct{ since, until, end capture.Instant }

// latest is what ends last of the attempts below a node, and what ends last of those to
// another server than that one's: whichever server is not asked for, one of them decides.
type latest struct {
	end, otherEnd capture.Instant // 0: there is none
	server        netip.AddrPort
}

// endless is the end of attempts without an answer.
const endless = capture.Instant(math.MaxInt64)

func endOf(u *capture.Upgrade) capture.Instant {
	if u.Phases.ResponseFirst.Seen() {
		return u.Phases.ResponseFirst
	}
	return endless
}

// build makes the tree once all attempts are there.
func (s *spans) build(legs legs) {
	slices.SortFunc(s.attempts, sooner)
	size := 1
	for size < len(s.attempts) {
		size *= 2
	}
	s.tree = make([]latest, 2*size)
	for i, u := range s.attempts {
		s.tree[size+i] = latest{end: endOf(u), server: legs.of(u).server}
	}
	for i := size - 1; i > 0; i-- {
		s.tree[i] = later(s.tree[2*i], s.tree[2*i+1])
	}
}

func later(a, b latest) latest {
	if a.end < b.end {
		a, b = b, a
	}
	a.otherEnd = max(a.otherEnd, b.beside(a.server))
	return a
}

// beside is the latest end of attempts to other servers than that.
func (l latest) beside(server netip.AddrPort) capture.Instant {
	if l.server != server {
		return l.end
	}
	return l.otherEnd
}

func sooner(a, b *capture.Upgrade) int {
	return cmp.Or(cmp.Compare(a.Phases.RequestSent, b.Phases.RequestSent),
		cmp.Compare(a.Conn, b.Conn), cmp.Compare(a.Exchange, b.Exchange))
}

// from is the place of the first attempt sent at that time or later.
func (s *spans) from(at capture.Instant) int {
	i, _ := slices.BinarySearchFunc(s.attempts, at, func(u *capture.Upgrade, at capture.Instant) int {
		return cmp.Compare(u.Phases.RequestSent, at)
	})
	return i
}

// remove takes out an attempt.
func (s *spans) remove(u *capture.Upgrade) {
	place, _ := slices.BinarySearchFunc(s.attempts, u, sooner)
	i := len(s.tree)/2 + place
	s.tree[i] = latest{}
	for i /= 2; i > 0; i /= 2 {
		s.tree[i] = later(s.tree[2*i], s.tree[2*i+1])
	}
}

// find adds to found the attempts of a span that went to another server than that. It stops
// at two.
func (s *spans) find(found []*capture.Upgrade, of span, server netip.AddrPort) []*capture.Upgrade {
	first, last := s.from(of.since), s.from(of.until+1)
	var descend func(node, low, size int)
	descend = func(node, low, size int) {
		if len(found) == 2 || low >= last || low+size <= first {
			return
		}
		s.looks++
		switch {
		case s.tree[node].beside(server) < of.end:
		case size == 1:
			found = append(found, s.attempts[low])
		default:
			descend(2*node, low, size/2)
			descend(2*node+1, low+size/2, size/2)
		}
	}
	if first < last {
		descend(1, 0, len(s.tree)/2)
	}
	return found
}
