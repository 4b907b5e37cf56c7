package virtual

var decoyFamilies = []Family{
	{Name: "none", draw: func(d *draw) (Scene, Truth) { return d.churn(), Truth{Kind: None} }},
	{Name: "none-but-slow", Held: true, draw: func(d *draw) (Scene, Truth) {
		s := d.waves()
		s.Gateway.PerOpen = d.between(0.001, 0.01)
		s.Tokens.Life = d.between(20, 60) // nobody checks
		return s, Truth{Kind: None}
	}},
	{Name: "slow-and-capped", draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Gateway.PerOpen = d.between(0.0002, 0.002)
		return capped(d, s, Refusal{})
	}},
	{Name: "body-lies", draw: func(d *draw) (Scene, Truth) {
		return capped(d, d.churn(), Refusal{Status: 401, Body: `{"error":"invalid_token","error_description":"The access token expired"}`,
			Fields: []Field{{"WWW-Authenticate", `Bearer error="invalid_token", error_description="The access token expired"`}}})
	}},
	{Name: "body-lies-of-rate", Held: true, draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.Tokens = Tokens{Mode: PerThread, Life: d.between(25, 60), LifeSpread: 0.4}
		s.Tokens.Renew = s.Tokens.Life * d.between(1.1, 1.6)
		return s.with(Expired(0).With(Refusal{Status: 429, Body: "API rate limit exceeded"})), find(Want{Cause: "token-expired", Slack: 1.5})
	}},
	{Name: "expiry-unchecked", draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Tokens = Tokens{Mode: PerThread, Life: d.between(20, 60), Renew: d.between(60, 90)}
		return capped(d, s, Refusal{})
	}},
	{Name: "cap-and-noise", Held: true, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		n := d.of(s.load().offered(), 0.4, 0.8)
		return s.with(Cap{N: n}.Rule(), Chance(0.005)), find(Want{Cause: "concurrency-cap", Scopes: global, Value: float64(n), Slack: 1})
	}},
	{Name: "expired-and-noise", draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.Tokens = Tokens{Mode: PerThread, Life: d.between(25, 60), LifeSpread: 0.4}
		s.Tokens.Renew = s.Tokens.Life * d.between(1.1, 1.6)
		return s.with(Expired(0), Chance(0.005)), find(Want{Cause: "token-expired", Slack: 1.5})
	}},
	{Name: "expired-by-skewed-clock", Held: true, draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.Network.Skew = d.between(-40, 40)
		s.Tokens = Tokens{Mode: PerThread, Life: d.between(25, 60), LifeSpread: 0.4}
		s.Tokens.Renew = s.Tokens.Life * d.between(1.1, 1.6)
		return s.with(Expired(0)), find(Want{Cause: "token-expired", Slack: 1.5})
	}},
	{Name: "few", draw: func(d *draw) (Scene, Truth) {
		s := d.ramp()
		return s.with(Cap{N: s.load().Threads - d.whole(1, 4)}.Rule()), Truth{Kind: Few}
	}},
	{Name: "few-at-random", Held: true, draw: func(d *draw) (Scene, Truth) {
		return d.churn().with(Chance(0.002)), Truth{Kind: Few}
	}},
}
