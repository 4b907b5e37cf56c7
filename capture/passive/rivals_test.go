package passive

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"why403/capture"
)

// attempts are n upgrades with one key between few machines of few ports, of which some have
// no answer and some share their times.
func attempts(rng *rand.Rand, n, machines, ports int) (*Observer, *capture.Run) {
	o, run := &Observer{legs: legs{}}, &capture.Run{}
	machine := func() netip.AddrPort {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(rng.IntN(machines))}), uint16(1+rng.IntN(ports)))
	}
	for i := range n {
		u := &capture.Upgrade{Conn: int64(i + 1), Exchange: 1, RequestHead: capture.Head("GET / HTTP/1.1\r\nSec-WebSocket-Key: a\r\n\r\n").Keep()}
		u.Phases.RequestSent = capture.Instant(1e18).Add(time.Duration(rng.IntN(n)) * time.Second)
		if rng.IntN(4) > 0 {
			u.Phases.ResponseFirst = u.Phases.RequestSent.Add(time.Duration(rng.IntN(n)) * time.Second)
		}
		o.legs[u.Conn] = leg{client: machine(), server: machine()}
		run.Upgrades = append(run.Upgrades, u)
	}
	return o, run
}

// TestEnclosing compares the search for outer legs with looking at all there are.
func TestEnclosing(t *testing.T) {
	encloses := func(o *Observer, v, u *capture.Upgrade) bool {
		p, q := &v.Phases, &u.Phases
		switch {
		case o.legs[v.Conn].server.Addr() != o.legs[u.Conn].client.Addr(), o.legs[v.Conn].server == o.legs[u.Conn].server:
			return false
		case p.ResponseFirst.Seen():
			return p.RequestSent <= q.RequestSent && q.ResponseFirst.Seen() && q.ResponseFirst <= p.ResponseFirst
		}
		return p.RequestSent <= q.RequestSent && (!q.ResponseFirst.Seen() || q.RequestSent.Sub(p.RequestSent) < capture.EarlyEnd)
	}
	ones := 0
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 1))
		o, run := attempts(rng, 3+rng.IntN(30), 1+rng.IntN(4), 1+rng.IntN(3))
		known := newRivals(o.legs, run.Upgrades)
		gone := map[*capture.Upgrade]bool{}
		for _, u := range run.Upgrades {
			var want []*capture.Upgrade
			for _, v := range run.Upgrades {
				if !gone[v] && encloses(o, v, u) {
					want = append(want, v)
				}
			}
			got := known.enclosing(u)
			switch {
			case len(want) != 1 && got != nil, len(want) == 1 && got != want[0]:
				t.Fatalf("seed %d: connection %d is said to lie within %+v, of %d that enclose it", seed, u.Conn, got, len(want))
			case got != nil:
				ones++
				known.remove(got)
				gone[got] = true
			}
		}
	}
	if ones == 0 {
		t.Error("no attempt lay within another")
	}
}

// TestEnclosingWork counts what a search looks at in a load of one machine and one key, where
// any attempt may be the outer leg of any: no more than its tree is deep, times a few.
func TestEnclosingWork(t *testing.T) {
	for _, ports := range []int{1, 2, 1 << 15} {
		t.Run(fmt.Sprintf("%d ports", ports), func(t *testing.T) {
			const n = 1 << 13
			o, run := attempts(rand.New(rand.NewPCG(1, 2)), n, 1, ports)
			known := newRivals(o.legs, run.Upgrades)
			for _, u := range run.Upgrades {
				known.enclosing(u)
			}
			looks := 0
			for _, g := range known.groups {
				looks += g.answered.looks + g.open.looks
			}
			if most := 8 * n * bits.Len(n); looks > most {
				t.Errorf("%d looks for %d attempts, over %d", looks, n, most)
			}
		})
	}
}
