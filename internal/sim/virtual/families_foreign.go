package virtual

import (
	"fmt"
	"math/rand/v2"
)

// Mechanisms that have no place in the vocabulary, or only nearly, and limits that
// leak or move.
var foreignFamilies = []Family{
	{Name: "shards", draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		shards := d.whole(3, 5)
		return s.with(Shards(shards, d.of(s.load().offered()/float64(shards), 0.4, 0.8))), Truth{Kind: Foreign}
	}},
	{Name: "two-shards", Held: true, draw: func(d *draw) (Scene, Truth) {
		s := d.waves()
		return s.with(Shards(2, d.of(s.load().offered()/2, 0.4, 0.8))), Truth{Kind: Foreign}
	}},
	{Name: "every-nth", draw: func(d *draw) (Scene, Truth) {
		return d.churn().with(EveryNth(d.whole(3, 9))), Truth{Kind: Foreign}
	}},
	{Name: "stale-counter", Held: true, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		return s.with(Cap{N: d.of(s.load().offered(), 0.4, 0.8), Stale: d.between(3, 15)}.Rule()),
			Truth{Kind: Foreign}
	}},
	{Name: "leak", draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		n := d.of(s.load().offered(), 0.7, 0.95)
		return s.with(Cap{N: n, Leak: d.between(0.02, 0.1)}.Rule()),
			Truth{Kind: Open, Causes: []Want{{Cause: "concurrency-cap", Scopes: global, Value: float64(n), Slack: 1}}}
	}},
	{Name: "leak-per-client", Held: true, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Tokens, s.Cast = Tokens{Mode: Mode(d.IntN(2))}, Cast{Clients: 3, Subjects: 2}
		return s.with(Cap{N: d.of(s.load().offered()/3, 0.8, 1), Leak: d.between(0.02, 0.08), Key: PerClient}.Rule()),
			Truth{Kind: Open, Causes: []Want{{Cause: "concurrency-cap", Scopes: []string{"client"}}}}
	}},
	{Name: "moving-cap", draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		n := d.of(s.load().offered(), 0.3, 0.5)
		return s.with(Cap{N: n, Grow: float64(n) * d.between(0.001, 0.004), Every: d.between(20, 60)}.Rule()),
			find(Want{Cause: "concurrency-cap", Scopes: global, Value: float64(n), Slack: 1})
	}},
	{Name: "moods", Held: true, draw: func(d *draw) (Scene, Truth) {
		return d.churn().with(Moody(d.between(10, 30), d.between(2, 8), func(a *Arrival) string { return string(rune(a.Luck % 3)) })),
			Truth{Kind: Foreign}
	}},
	{Name: "cap-per-path", draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		paths := d.whole(2, 4)
		s.Cast = Cast{Dress: func(r *rand.Rand, p *Person) {
			plainDress(r, p)
			p.Path = fmt.Sprint("/room/", r.IntN(paths))
		}}
		each := Cap{N: d.of(s.load().offered()/float64(paths), 0.4, 0.8), Key: func(a *Arrival) string { return a.Path }}
		return s.with(each.Rule()), Truth{Kind: Foreign}
	}},
	{Name: "cap-per-hidden-token", draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		groups := d.whole(4, 12)
		s.Tokens, s.Cast = Tokens{Mode: Grouped, Hidden: true}, Cast{Groups: groups}
		return s.with(Cap{N: d.of(s.load().offered()/float64(groups), 0.4, 0.8), Key: PerToken}.Rule()), Truth{Kind: Foreign}
	}},
}
