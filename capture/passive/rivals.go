package passive

import (
	"net/netip"

	"why403/capture"
)

// rivals are the attempts that may be the same, because they share a Sec-WebSocket-Key.
type rivals struct {
	legs   legs
	groups map[netip.Addr]*group // by the machine that they were sent to
	two    bool                  // that is all
}

// group is attempts by when they were sent: those with an answer, and those without, of
// which nobody knows how long they took.
type group struct{ answered, open spans }

func newRivals(legs legs, all []*capture.Upgrade) *rivals {
	r := &rivals{legs, map[netip.Addr]*group{}, len(all) == 2}
	for _, u := range all {
		to := r.machine(legs.of(u).server)
		if r.groups[to] == nil {
			r.groups[to] = &group{}
		}
		s := r.spans(u)
		s.attempts = append(s.attempts, u)
	}
	for _, g := range r.groups {
		g.answered.build(legs)
		g.open.build(legs)
	}
	return r
}

// machine tells groups apart: of more than two attempts with one key, only those that were
// sent to the machine that an attempt came from can be its outer leg. Of two it need not be
// known.
func (r *rivals) machine(a netip.AddrPort) netip.Addr {
	if r.two {
		return netip.Addr{}
	}
	return a.Addr()
}

// spans returns where u itself is.
func (r *rivals) spans(u *capture.Upgrade) *spans {
	g := r.groups[r.machine(r.legs.of(u).server)]
	if u.Phases.ResponseFirst.Seen() {
		return &g.answered
	}
	return &g.open
}

// remove takes out an attempt that turned out to be another.
func (r *rivals) remove(u *capture.Upgrade) { r.spans(u).remove(u) }

// enclosing returns the one attempt on the way to another machine that u lies within: sent
// before it and answered after it. It returns nil if there is none or more than one.
func (r *rivals) enclosing(u *capture.Upgrade) *capture.Upgrade {
	at := r.legs.of(u)
	g := r.groups[r.machine(at.client)]
	if g == nil {
		return nil
	}
	var found []*capture.Upgrade
	sent, since := u.Phases.RequestSent, capture.Instant(0)
	if u.Phases.ResponseFirst.Seen() {
		found = g.answered.find(found, span{0, sent, endOf(u)}, at.server)
		since = sent.Add(1 - capture.EarlyEnd) // what waits longer beside an answer waits for another
	}
	if found = g.open.find(found, span{since, sent, endless}, at.server); len(found) == 1 {
		return found[0]
	}
	return nil
}
