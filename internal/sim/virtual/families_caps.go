package virtual

import "math"

var capFamilies = []Family{
	{Name: "cap", draw: func(d *draw) (Scene, Truth) { return capped(d, d.churn(), Refusal{}) }},
	{Name: "cap-in-waves", Held: true, draw: func(d *draw) (Scene, Truth) { return capped(d, d.waves(), Refusal{}) }},
	{Name: "cap-in-band", draw: func(d *draw) (Scene, Truth) {
		return capped(d, d.churn(), Refusal{Code: 1013, Reason: "Try again later", Message: `{"type":"error","code":429}`})
	}},
	{Name: "cap-in-band-4429", Held: true, draw: func(d *draw) (Scene, Truth) {
		return capped(d, d.waves(), Refusal{Code: 4429, Reason: "Too many connections"})
	}},
	{Name: "cap-429", draw: func(d *draw) (Scene, Truth) {
		return capped(d, d.churn(), Refusal{Status: 429, Fields: []Field{{"Retry-After", "5"}}})
	}},
	{Name: "cap-503", Held: true, draw: func(d *draw) (Scene, Truth) {
		return capped(d, d.churn(), Refusal{Status: 503, Body: "upstream connect error or disconnect/reset before headers. reset reason: overflow"})
	}},
	{Name: "cap-dropped", draw: func(d *draw) (Scene, Truth) { return capped(d, d.churn(), Refusal{Drop: true}) }},
	{Name: "cap-silent", Held: true, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.load().Until *= 1.5
		return capped(d, s, Refusal{Silent: true})
	}},
	{Name: "cap-silent-clients-leave", draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.load().GiveUp = d.scale(0.5, 0.8*Patience)
		s.load().Until *= 1.5
		return capped(d, s, Refusal{Silent: true})
	}},
	{Name: "cap-begun-before", draw: func(d *draw) (Scene, Truth) {
		s, truth := capped(d, d.churn(), Refusal{})
		s.Late = s.load().Until * d.between(0.3, 0.6)
		truth.Kind = Open // which sockets were open before is not known
		return s, truth
	}},
	{Name: "cap-with-retries", draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.load().Retries, s.load().Backoff = d.whole(2, 6), d.scale(0.05, 1)
		return capped(d, s, Refusal{})
	}},
	{Name: "cap-abrupt", Held: true, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.load().Leaves = d.between(0.3, 1)
		s.Gateway.MaxLife = d.between(10, 25)
		return capped(d, s, Refusal{})
	}},
	{Name: "cap-per-token", draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		groups := d.whole(4, 14)
		s.Tokens, s.Cast = Tokens{Mode: Grouped}, Cast{Groups: groups, Uneven: d.coin()}
		return cappedBy(d, s, groups, PerToken, "token")
	}},
	{Name: "cap-per-subject", draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Tokens = Tokens{Mode: Mode(d.IntN(2))}
		s.Cast = Cast{Clients: 2, Subjects: d.whole(3, 6), Uneven: d.coin()}
		return cappedBy(d, s, 2*s.Cast.Subjects, PerSubject, "subject")
	}},
	{Name: "cap-per-client", draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Tokens = Tokens{Mode: Mode(d.IntN(2)), Opaque: d.coin()}
		s.Cast = Cast{Clients: d.whole(2, 5), Uneven: d.coin()}
		if !s.Tokens.Opaque {
			s.Cast.Subjects = 3
		}
		return cappedBy(d, s, s.Cast.Clients, PerClient, "client")
	}},
	{Name: "cap-per-organisation", Held: true, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Tokens = Tokens{Mode: Mode(d.IntN(2))}
		s.Cast = Cast{Organisations: d.whole(2, 4), Clients: 2, Subjects: 2, Uneven: d.coin()}
		return cappedBy(d, s, s.Cast.Organisations, PerOrg, "organisation")
	}},
	{Name: "cap-per-source", draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Cast = Cast{Sources: d.whole(2, 5), Uneven: d.coin()}
		return cappedBy(d, s, s.Cast.Sources, PerSource, "source")
	}},
	{Name: "cap-per-edge", Held: true, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Cast = Cast{Edges: d.whole(2, 4), PinEdges: d.coin()}
		return cappedBy(d, s, s.Cast.Edges, PerEdge, "edge")
	}},
	{Name: "cap-per-host", draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Cast = Cast{Hosts: d.whole(2, 3), Sources: 2, Uneven: d.coin()}
		return cappedBy(d, s, s.Cast.Hosts, PerHost, "host")
	}},
	{Name: "cap-linger", Timed: true, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		n := d.of(s.load().offered(), 0.5, 0.8)
		return s.with(Cap{N: n, Linger: d.scale(1.5, 20)}.Rule()), find(Want{Cause: "concurrency-cap", Scopes: global, Value: float64(n), Slack: 1})
	}},
	{Name: "cap-per-token-linger", Held: true, Timed: true, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		groups := d.whole(3, 8)
		s.Tokens, s.Cast = Tokens{Mode: Grouped}, Cast{Groups: groups, Uneven: d.coin()}
		n := d.of(s.load().offered()/float64(groups), 0.5, 0.9)
		return s.with(Cap{N: n, Key: PerToken, Linger: d.scale(1, 8)}.Rule()),
			find(Want{Cause: "concurrency-cap", Scopes: []string{"token"}, Value: float64(n), Slack: 1})
	}},
}

func capped(d *draw, s Scene, f Refusal) (Scene, Truth) {
	n := d.of(s.load().offered(), 0.4, 0.85)
	return s.with(Cap{N: n}.Rule().With(f)), find(Want{Cause: "concurrency-cap", Scopes: global, Value: float64(n), Slack: 1})
}

// cappedBy limits each of the parts of a load.
func cappedBy(d *draw, s Scene, parts int, key Key, scope string) (Scene, Truth) {
	n := max(2, int(math.Round(s.load().offered()/float64(parts)*d.between(0.45, 0.85))))
	return s.with(Cap{N: n, Key: key}.Rule()), find(Want{Cause: "concurrency-cap", Scopes: []string{scope}, Value: float64(n), Slack: 1})
}
