package virtual

// Gateways that refuse everything for a while, again and again, for reasons that a
// recording shows nothing of.
var stretchFamilies = []Family{
	{Name: "stale-of-waves", draw: func(d *draw) (Scene, Truth) {
		s := d.waves()
		s.load().Hold = d.between(3, 9)
		return s.with(Cap{N: d.of(s.load().offered(), 0.3, 0.7), Stale: d.scale(2, 25)}.Rule()), Truth{Kind: Foreign}
	}},
	{Name: "stale-per-source", draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Cast = Cast{Sources: d.whole(2, 3)}
		n := d.of(s.load().offered()/float64(s.Cast.Sources), 0.4, 0.8)
		return s.with(Cap{N: n, Key: PerSource, Stale: d.between(4, 12)}.Rule()), Truth{Kind: Foreign}
	}},
	{Name: "hysteresis", draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		high := d.of(s.load().offered(), 0.5, 0.85)
		return s.with(Hysteresis(high, d.of(float64(high), 0.4, 0.85))), Truth{Kind: Foreign}
	}},
	{Name: "breaker", draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		return s.with(Breaker(d.between(0.01, 0.06), d.whole(2, 4), d.between(5, 20), d.between(3, 20))), Truth{Kind: Foreign}
	}},
	{Name: "periodic", draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		every := d.between(15, 60)
		return s.with(Periodic(every, every*d.between(0.1, 0.4), every*d.Float64())), Truth{Kind: Foreign, Allowed: []string{"outage"}}
	}},
	{Name: "moods-of-all", draw: func(d *draw) (Scene, Truth) {
		return d.churn().with(Moody(d.between(12, 40), d.between(3, 12), Global)), Truth{Kind: Foreign, Allowed: []string{"outage"}}
	}},
	{Name: "ban-at-random", draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.Cast = Cast{Sources: d.whole(1, 4)}
		return s.with(BanAtRandom(d.scale(0.005, 0.02), d.between(5, 25), PerSource)), Truth{Kind: Foreign}
	}},
	{Name: "ban-of-one-source", draw: func(d *draw) (Scene, Truth) {
		s, _ := banned(d, false)
		s.Cast = Cast{}
		l := s.load()
		l.Threads = d.whole(8, 25)
		window := d.between(3, 15)
		n := d.of(l.rate()*window, 1.2, 1.5)
		return s.with(Ban{N: n, Window: window, Time: d.between(8, 30), Key: PerSource}.Rule()),
			Truth{Kind: Open, Causes: []Want{{Cause: "source-ban"}}}
	}},
	{Name: "ban-once", draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		l := s.load()
		n := d.of(l.rate()*l.Until, 0.3, 0.6)
		s.Gap = 600 // whoever does an experiment waits until what was counted is forgotten
		return s.with(Ban{N: n, Window: 600, Time: l.Until * d.between(0.1, 0.3), Key: PerSource}.Rule()),
			Truth{Kind: Confounded, Causes: []Want{{Cause: "source-ban"}}}
	}},
	{Name: "edges-in-turn", draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Cast = Cast{Edges: 3}
		u := s.load().Until
		from, each := u*d.between(0.2, 0.4), u*d.between(0.05, 0.12)
		return s.with(func(c *Clock) Judge {
			return Judge{Refuse: func(a *Arrival) bool {
				t := c.Now() - from - each*float64(a.Edge)
				return t >= 0 && t < each
			}}
		}), Truth{Kind: Foreign, Allowed: []string{"outage"}}
	}},
	{Name: "outages-of-edge", draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Cast = Cast{Edges: d.whole(2, 3), PinEdges: d.coin()}
		u := s.load().Until
		a, b := d.between(0.25, 0.4)*u, d.between(0.6, 0.75)*u
		first := func(a *Arrival) bool { return a.Edge == 0 }
		return s.with(Outage(a, a+d.between(0.06, 0.12)*u).For(first), Outage(b, b+d.between(0.06, 0.12)*u).For(first)),
			Truth{Kind: Open, Causes: []Want{{Cause: "outage", Scopes: []string{"edge"}}}}
	}},
}

// Hysteresis refuses from high open sockets on, until no more than low are.
func Hysteresis(high, low int) Rule {
	return func(*Clock) Judge {
		open, full := 0, false
		return Judge{
			Refuse: func(*Arrival) bool { return full },
			Opened: func(*Arrival) { open++; full = full || open >= high },
			Closed: func(*Arrival) { open--; full = full && open > low },
		}
	}
}

// Breaker fails a share of the upgrades; after n failures within a window it
// refuses all of them for some time.
func Breaker(share float64, n int, window, time float64) Rule {
	return func(c *Clock) Judge {
		var failed []float64
		until := 0.0
		return Judge{Refuse: func(*Arrival) bool {
			now := c.Now()
			if now < until {
				return true
			}
			if c.Rand().Float64() >= share {
				return false
			}
			for failed = append(failed, now); failed[0] < now-window; {
				failed = failed[1:]
			}
			if len(failed) >= n {
				until, failed = now+time, nil
			}
			return true
		}}
	}
}

// Periodic refuses for a while, every so many seconds.
func Periodic(every, lasts, phase float64) Rule {
	return func(c *Clock) Judge {
		return Judge{Refuse: func(*Arrival) bool {
			t := c.Now() + phase
			return t-every*float64(int(t/every)) < lasts
		}}
	}
}

// BanAtRandom bans a key for some time with a chance at each of its upgrades.
func BanAtRandom(chance, time float64, key Key) Rule {
	return func(c *Clock) Judge {
		until := map[string]float64{}
		return Judge{Refuse: func(a *Arrival) bool {
			if k := key(a); c.Now() >= until[k] {
				if c.Rand().Float64() >= chance {
					return false
				}
				until[k] = c.Now() + time
			}
			return true
		}}
	}
}
