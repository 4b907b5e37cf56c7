package virtual

var troubleFamilies = []Family{
	{Name: "overload-queue", Most: 0.7, draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.load().Over = s.load().Until * d.between(0.5, 0.9)
		v := Validator{PerSecond: s.load().rate() * d.between(0.5, 0.8), Timeout: d.scale(0.4, 3)}
		return s.with(v.Rule()), find(Want{Cause: "overload"})
	}},
	{Name: "overload-strained", Held: true, Most: 0.7, draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.load().Over = s.load().Until * d.between(0.6, 0.95)
		middle := s.load().rate() * d.between(0.5, 0.75)
		return s.with(Strained(middle, middle*d.between(0.05, 0.15), d.between(0.5, 0.95), d.scale(0.3, 2))), find(Want{Cause: "overload"})
	}},
	{Name: "overload-in-waves", Held: true, Most: 0.7, draw: func(d *draw) (Scene, Truth) {
		s := d.waves()
		s.load().Hold, s.load().Pause, s.load().Until = d.between(1, 4), d.between(2, 6), d.between(150, 250)
		v := Validator{PerSecond: s.load().rate() * d.between(0.7, 1.1), Timeout: d.scale(0.2, 2)}
		return s.with(v.Rule().With(Refusal{Empty: true})), find(Want{Cause: "overload"})
	}},
	{Name: "outage", draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		from := d.between(0.3, 0.6) * s.load().Until
		until := from + d.between(0.08, 0.3)*s.load().Until
		return s.with(Outage(from, until)), find(Want{Cause: "outage", Scopes: global, Value: from, Slack: 3})
	}},
	{Name: "outages", Held: true, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		u := s.load().Until
		a, b := d.between(0.25, 0.4)*u, d.between(0.6, 0.75)*u
		return s.with(Outage(a, a+d.between(0.04, 0.1)*u), Outage(b, b+d.between(0.04, 0.1)*u)), find(Want{Cause: "outage", Scopes: global})
	}},
	{Name: "random", draw: func(d *draw) (Scene, Truth) {
		return d.churn().with(Chance(d.between(0.06, 0.5))), find(Want{Cause: "random"})
	}},
	{Name: "random-in-band", Held: true, draw: func(d *draw) (Scene, Truth) {
		return d.waves().with(Chance(d.between(0.1, 0.5)).With(Refusal{Code: 1011, Reason: "internal error"})), find(Want{Cause: "random"})
	}},
}
