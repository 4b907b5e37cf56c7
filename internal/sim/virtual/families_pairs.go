package virtual

import "math/rand/v2"

// Two causes at once.
var pairFamilies = []Family{
	{Name: "cap-and-expired", Least: 60, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Tokens = Tokens{Mode: PerThread, Life: d.between(40, 80), LifeSpread: 0.4}
		s.Tokens.Renew = s.Tokens.Life * d.between(1.2, 1.6)
		n := d.of(s.load().offered(), 0.4, 0.65)
		return s.with(Expired(0), Cap{N: n}.Rule()),
			find(Want{Cause: "token-expired", Slack: 1.5}, Want{Cause: "concurrency-cap", Scopes: global, Value: float64(n), Slack: 1})
	}},
	{Name: "attribute-and-cap", Least: 60, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		share := d.between(0.1, 0.25)
		s.Cast = Cast{Dress: func(r *rand.Rand, p *Person) {
			if plainDress(r, p); r.Float64() < share {
				p.Path, p.marked = "/v2/socket", true
			}
		}}
		n := d.of(s.load().offered(), 0.4, 0.65)
		return s.with(Where(func(a *Arrival) bool { return a.marked }, 1), Cap{N: n}.Rule()),
			find(Want{Cause: "attribute", Names: []string{"path", "target"}, Of: "/v2/socket"},
				Want{Cause: "concurrency-cap", Scopes: global, Value: float64(n), Slack: 1})
	}},
	{Name: "missing-and-cap", Least: 60, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Tokens = Tokens{Mode: Fresh, Fail: sometimes(Fault{Sent: "TOKEN_NOT_FOUND"}, d.between(0.08, 0.25))}
		n := d.of(s.load().offered(), 0.4, 0.65)
		return s.with(Missing(), Cap{N: n}.Rule()),
			find(Want{Cause: "token-missing"}, Want{Cause: "concurrency-cap", Scopes: global, Value: float64(n), Slack: 1})
	}},
	{Name: "outage-and-cap", Held: true, Least: 60, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		n := d.of(s.load().offered(), 0.5, 0.75)
		from := d.between(0.4, 0.6) * s.load().Until
		return s.with(Outage(from, from+d.between(0.06, 0.15)*s.load().Until), Cap{N: n}.Rule()),
			find(Want{Cause: "outage", Scopes: global}, Want{Cause: "concurrency-cap", Scopes: global, Value: float64(n), Slack: 1})
	}},
	{Name: "bucket-and-expired", Held: true, Least: 60, draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.Tokens = Tokens{Mode: PerThread, Life: d.between(25, 50), LifeSpread: 0.4}
		s.Tokens.Renew = s.Tokens.Life * d.between(1.2, 1.5)
		rate := s.load().rate() * d.between(0.55, 0.75)
		return s.with(Expired(0).With(Refusal{Status: 401}), Bucket(rate, d.between(3, 15), Global).With(Refusal{Status: 429})),
			find(Want{Cause: "token-expired", Slack: 1.5}, Want{Cause: "rate-limit", Scopes: global, Value: rate})
	}},
	{Name: "two-attributes", Held: true, Least: 40, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Tokens.Mode = Mode(d.IntN(2))
		s.Cast = Cast{Edges: 4, PinEdges: true, Attempt: requestID, Dress: func(r *rand.Rand, p *Person) {
			if plainDress(r, p); r.Float64() < 0.2 {
				p.Key = "k2"
			}
		}}
		return s.with(Where(func(a *Arrival) bool { return a.Key == "k2" || a.Edge == 2 }, 1)),
			find(Want{Cause: "attribute", Names: []string{"kid"}, Of: "k2"}, Want{Cause: "attribute", Names: []string{"edge", "server"}})
	}},
	{Name: "cap-per-token-and-global", Held: true, Least: 60, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		groups := d.whole(3, 5)
		s.Tokens, s.Cast = Tokens{Mode: Grouped}, Cast{Groups: groups, Uneven: true}
		n := d.of(s.load().offered(), 0.5, 0.65)
		each := d.of(s.load().offered()/float64(groups), 0.8, 1.1)
		return s.with(Cap{N: n}.Rule(), Cap{N: each, Key: PerToken}.Rule()),
			Truth{Kind: Foreign, Allowed: []string{"concurrency-cap"}}
	}},
}

// sometimes is a fault that befalls a share of the attempts.
func sometimes(f Fault, share float64) func(*rand.Rand, *Arrival) Fault {
	return func(r *rand.Rand, _ *Arrival) Fault {
		if r.Float64() < share {
			return f
		}
		return Fault{}
	}
}
