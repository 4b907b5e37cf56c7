package passive

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"why403/capture"
)

// leg is the TCP connection that an attempt was seen on.
type leg struct {
	client, server netip.AddrPort
	proxied        bool // the client spoke to a proxy that it knew of
}

// Join makes one attempt of two that are the same, seen before and behind a machine
// in the path: with the same Sec-WebSocket-Key, one within the time of the other.
// Before an explicit proxy only the client's side is of the first leg, and what the
// gateway saw and said is of the second. Behind anything else the first leg is the
// one to explain, and the second is only counted, in a note. Attempts before
// [Options.Since] are dropped.
func (o *Observer) Join(run *capture.Run) {
	o.begin(run)
	known := o.rivals(run)
	gone := map[*capture.Upgrade]bool{}
	behind := 0
	for _, u := range run.Upgrades {
		outer := o.enclosing(u, known.of(u, o.legs[u.Conn].client.Addr()), gone)
		switch {
		case outer == nil:
		case o.legs[outer.Conn].proxied:
			join(outer, u)
			gone[outer] = true
		default:
			gone[u] = true
			behind++
		}
	}
	run.Upgrades = slices.DeleteFunc(run.Upgrades, func(u *capture.Upgrade) bool { return gone[u] })
	slices.SortStableFunc(run.Upgrades, func(a, b *capture.Upgrade) int {
		return cmp.Compare(a.Phases.RequestSent, b.Phases.RequestSent)
	})
	joinTokens(run)
	if behind > 0 {
		run.Notes = append(run.Notes, capture.Note{At: run.Started, Text: fmt.Sprintf(
			"%d upgrades were seen a second time, behind the machine that the client spoke to; the client's side was taken", behind)})
	}
}

// rivals are attempts that may be the same, by their Sec-WebSocket-Key.
type rivals struct {
	byKey map[string][]*capture.Upgrade
	// byServer has them by the machine that they were sent to, too. Some load tools send one
	// key with all their attempts: of more than two, only those to the client of another
	// can be that one's outer leg.
	byServer map[rivalKey][]*capture.Upgrade
}

type rivalKey struct {
	key    string
	server netip.Addr
}

func (o *Observer) rivals(run *capture.Run) rivals {
	r := rivals{map[string][]*capture.Upgrade{}, map[rivalKey][]*capture.Upgrade{}}
	for _, u := range run.Upgrades {
		if key, ok := u.RequestHead.Get("Sec-WebSocket-Key"); ok {
			r.byKey[key] = append(r.byKey[key], u)
			at := rivalKey{key, o.legs[u.Conn].server.Addr()}
			r.byServer[at] = append(r.byServer[at], u)
		}
	}
	return r
}

// of returns what may be the outer leg of u, which came from that machine.
func (r *rivals) of(u *capture.Upgrade, client netip.Addr) []*capture.Upgrade {
	key, _ := u.RequestHead.Get("Sec-WebSocket-Key")
	if same := r.byKey[key]; len(same) <= 2 {
		return same
	}
	return r.byServer[rivalKey{key, client}]
}

// enclosing returns the one attempt of rivals on the way to another machine that u lies
// within, nil if there is none or more than one.
func (o *Observer) enclosing(u *capture.Upgrade, rivals []*capture.Upgrade, gone map[*capture.Upgrade]bool) (outer *capture.Upgrade) {
	server := o.legs[u.Conn].server
	for _, v := range rivals {
		if v.Conn == u.Conn || gone[v] || !encloses(v, u) || o.legs[v.Conn].server == server {
			continue
		}
		if outer != nil {
			return nil
		}
		outer = v
	}
	return outer
}

// encloses reports whether outer was sent before inner and answered after it.
func encloses(outer, inner *capture.Upgrade) bool {
	o, i := &outer.Phases, &inner.Phases
	if o.RequestSent > i.RequestSent {
		return false
	}
	if o.ResponseFirst.Seen() {
		return i.ResponseFirst.Seen() && i.ResponseFirst <= o.ResponseFirst
	}
	return !i.ResponseFirst.Seen() || i.RequestSent.Sub(o.RequestSent) < capture.EarlyEnd
}

// join adds what the client's leg shows to the gateway's.
func join(outer, inner *capture.Upgrade) {
	inner.Client = outer.Client
	inner.Authority = outer.Authority
	inner.ClientTLS = outer.ServerTLS
	p, o := &inner.Phases, outer.Phases
	p.Accepted = o.Dialed
	p.ConnectRead, p.ConnectAnswered = o.ConnectRead, o.ConnectAnswered
	p.ClientHello, p.ClientSecured = o.ClientHello, o.Secured
	p.RequestRead = o.RequestSent
	p.Relayed = o.ResponseHead
	if outer.RequestHead != inner.RequestHead {
		inner.Edits = append(slices.Clip(inner.Edits), "the machine in the path changed the request's head")
	}
}

// joinTokens drops token requests that were seen a second time: the same token,
// issued within the time of the other.
func joinTokens(run *capture.Run) {
	last := map[capture.Fingerprint]capture.TokenRequest{}
	run.TokenRequests = slices.DeleteFunc(run.TokenRequests, func(r capture.TokenRequest) bool {
		if r.Issued == "" {
			return false
		}
		outer, seen := last[r.Issued]
		if seen && outer.Conn != r.Conn && outer.Sent <= r.Sent && r.Answered <= outer.Answered {
			return true
		}
		last[r.Issued] = r
		return false
	})
}
