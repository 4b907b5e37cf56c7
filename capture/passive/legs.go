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

// legs are those that the attempts themselves do not tell, by connection: of attempts that
// the client made through a proxy.
type legs map[int64]leg

func (l legs) of(u *capture.Upgrade) leg {
	if known, ok := l[u.Conn]; ok {
		return known
	}
	return leg{client: u.Source, server: u.Server}
}

// Join makes one attempt of two that are the same, seen before and behind a machine
// in the path: with the same Sec-WebSocket-Key, one within the time of the other.
// Before an explicit proxy only the client's side is of the first leg, and what the
// gateway saw and said is of the second. Behind anything else the first leg is the
// one to explain, and the second is only counted, in a note. Attempts before
// [Options.Since] are dropped.
func (o *Observer) Join(run *capture.Run) {
	o.begin(run)
	gone := map[*capture.Upgrade]bool{}
	behind := 0
	for all := range sameKey(run.Upgrades) {
		known := newRivals(o.legs, all)
		for _, u := range all {
			outer := known.enclosing(u)
			switch {
			case outer == nil:
				continue
			case o.legs.of(outer).proxied:
				join(outer, u)
			default:
				outer = u
				behind++
			}
			gone[outer] = true
			known.remove(outer)
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
	if !outer.RequestHead.Equal(inner.RequestHead) {
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
