package passive

import (
	"net/netip"

	"why403/capture"
)

// rivals are the attempts that may be the same as another, because they share its
// Sec-WebSocket-Key.
type rivals struct {
	legs   map[int64]leg
	often  map[string]int // attempts with a key
	groups map[rivalKey]*group
}

// rivalKey tells groups apart. Some load tools send one key with all their attempts: of more
// than two, only those that were sent to the machine that an attempt came from can be its
// outer leg. Of two it need not be known.
type rivalKey struct {
	key    string
	server netip.Addr
}

// group is attempts by when they were sent: those with an answer, and those without, of
// which nobody knows how long they took.
type group struct{ answered, open spans }

func (o *Observer) rivals(run *capture.Run) rivals {
	r := rivals{o.legs, map[string]int{}, map[rivalKey]*group{}}
	for _, u := range run.Upgrades {
		if key, ok := u.RequestHead.Get("Sec-WebSocket-Key"); ok {
			r.often[key]++
		}
	}
	for _, u := range run.Upgrades {
		if s := r.spans(u); s != nil {
			s.attempts = append(s.attempts, u)
		}
	}
	for _, g := range r.groups {
		g.answered.build(r.legs)
		g.open.build(r.legs)
	}
	return r
}

// of returns the group of what was sent to a machine with the key of u, nil if that key was
// sent only once.
func (r *rivals) of(u *capture.Upgrade, server netip.Addr) *group {
	at := rivalKey{server: server}
	at.key, _ = u.RequestHead.Get("Sec-WebSocket-Key")
	switch n := r.often[at.key]; {
	case n < 2:
		return nil
	case n == 2:
		at.server = netip.Addr{}
	}
	if r.groups[at] == nil {
		r.groups[at] = &group{}
	}
	return r.groups[at]
}

// spans returns where u itself is.
func (r *rivals) spans(u *capture.Upgrade) *spans {
	g := r.of(u, r.legs[u.Conn].server.Addr())
	switch {
	case g == nil:
		return nil
	case u.Phases.ResponseFirst.Seen():
		return &g.answered
	}
	return &g.open
}

// remove takes out an attempt that turned out to be another.
func (r *rivals) remove(u *capture.Upgrade) {
	if s := r.spans(u); s != nil {
		s.remove(u)
	}
}

// enclosing returns the one attempt on the way to another machine that u lies within: sent
// before it and answered after it. It returns nil if there is none or more than one.
func (r *rivals) enclosing(u *capture.Upgrade) *capture.Upgrade {
	at := r.legs[u.Conn]
	g := r.of(u, at.client.Addr())
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
