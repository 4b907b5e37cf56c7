package virtual

var tokenFamilies = []Family{
	{Name: "expired", draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.Tokens = Tokens{Mode: PerThread, Life: d.between(25, 60), LifeSpread: d.between(0, 0.5), Requests: d.coin()}
		s.Tokens.Renew = s.Tokens.Life * d.between(1.1, 1.6)
		return s.with(Expired(0)), find(Want{Cause: "token-expired", Slack: 1.5})
	}},
	{Name: "expired-opaque", draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.Tokens = Tokens{Mode: PerThread, Opaque: true, Life: d.between(25, 60)}
		s.Tokens.Renew = s.Tokens.Life * d.between(1.1, 1.6)
		return s.with(Expired(0).With(Refusal{Status: 401})), find(Want{Cause: "token-expired", Slack: 1.5})
	}},
	{Name: "expired-with-leeway", Held: true, draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.Tokens = Tokens{Mode: PerThread, Life: d.between(30, 60), LifeSpread: d.between(0.5, 0.8)}
		s.Tokens.Renew = s.Tokens.Life * d.between(1.5, 2)
		leeway := d.between(2, 12)
		return s.with(Expired(leeway)), find(Want{Cause: "token-expired", Value: leeway, Slack: 1.5})
	}},
	{Name: "expired-in-groups", Held: true, draw: func(d *draw) (Scene, Truth) {
		s := d.waves()
		s.Cast = Cast{Groups: d.whole(6, 12)}
		s.Tokens = Tokens{Mode: Grouped, Life: s.load().Until * d.between(0.4, 0.7), LifeSpread: 0.5}
		return s.with(Expired(0)), find(Want{Cause: "token-expired", Slack: 1.5})
	}},
	{Name: "expired-in-query", Held: true, draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.Tokens = Tokens{Mode: PerThread, Life: d.between(25, 60), Place: "query:access_token"}
		s.Tokens.Renew = s.Tokens.Life * d.between(1.1, 1.6)
		return s.with(Expired(0)), find(Want{Cause: "token-expired", Slack: 1.5})
	}},
	{Name: "too-old", draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.Tokens = Tokens{Mode: PerThread, Life: d.between(600, 7200), Renew: d.between(30, 60)}
		age := s.Tokens.Renew * d.between(0.6, 0.9)
		return s.with(TooOld(age)), find(Want{Cause: "token-too-old", Value: age, Slack: 1.5})
	}},
	{Name: "too-old-without-exp", Held: true, draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.Tokens = Tokens{Mode: PerThread, NoExpiry: true, Renew: d.between(30, 60)}
		age := s.Tokens.Renew * d.between(0.6, 0.9)
		return s.with(TooOld(age)), find(Want{Cause: "token-too-old", Value: age, Slack: 1.5})
	}},
	{Name: "not-yet-valid", draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.Tokens = Tokens{Mode: PerThread, Renew: d.between(8, 20)}
		return s.with(NotYet(d.between(2, 6), 0)), find(Want{Cause: "token-not-yet-valid"})
	}},
	{Name: "not-yet-valid-aged", Held: true, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Tokens = Tokens{Mode: Fresh, AgeFirst: d.between(6, 15)}
		return s.with(NotYet(d.between(3, 5), d.between(0, 1))), find(Want{Cause: "token-not-yet-valid"})
	}},
	{Name: "overused", draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.Tokens = Tokens{Mode: PerThread, Renew: d.between(25, 50)}
		n := d.of(s.Tokens.Renew/(s.load().Hold+s.load().Pause), 0.5, 0.8)
		// A count within a time that no token outlasts would refuse the same.
		return s.with(Overused(n)), Truth{Kind: Open, Causes: []Want{{Cause: "token-overused"}}}
	}},
	{Name: "overused-rested", Held: true, draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.Tokens = Tokens{Mode: PerThread}
		l := s.load()
		l.Over, l.Rest = 5, d.between(30, 60)
		l.Until = 3 * l.Rest
		n := d.of(l.Rest/(l.Hold+l.Pause), 0.5, 0.8)
		return s.with(Overused(n)), find(Want{Cause: "token-overused", Value: float64(n), Slack: 0.5})
	}},
	{Name: "overused-after-once", Held: true, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Tokens = Tokens{Mode: PerThread, Renew: d.between(15, 40)}
		// A token's second use comes a hold later at least: it may be too old then.
		return s.with(Overused(1)), Truth{Kind: Open, Causes: []Want{{Cause: "token-overused"}}}
	}},
}

var missingFamilies = []Family{
	missing("missing-absent", false, Fault{Absent: true}),
	missing("missing-placeholder", false, Fault{Sent: "${access_token}"}),
	missing("missing-not-found", true, Fault{Sent: "TOKEN_NOT_FOUND"}),
	missing("missing-truncated", false, Fault{Cut: true}),
	missing("missing-wrong-scheme", false, Fault{Scheme: "Token"}),
}

// missing is a load tool that sometimes has no token.
func missing(name string, held bool, f Fault) Family {
	return Family{Name: name, Held: held, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		share := d.between(0.08, 0.4)
		s.Tokens.Mode = Mode(d.IntN(2))
		s.Tokens.Fail = sometimes(f, share)
		return s.with(Missing().With(Refusal{Status: 401})), find(Want{Cause: "token-missing"})
	}}
}
