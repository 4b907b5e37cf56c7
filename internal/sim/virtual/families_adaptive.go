package virtual

// Gateways that change their mind about what they let through: limits that follow the
// load, keys that are turned away from some moment on, buckets that retries keep empty.
var adaptiveFamilies = []Family{
	{Name: "limit-adapts", draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		offered := s.load().offered()
		a := Adaptive{Least: d.of(offered, 0.2, 0.4), Back: d.between(0.6, 0.9), Every: d.between(2, 8)}
		a.More = max(1, int(offered*d.between(0.02, 0.08)))
		return s.with(a.Rule()), Truth{Kind: Foreign, Allowed: []string{"concurrency-cap"}}
	}},
	{Name: "handshakes-in-flight", draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		if d.coin() {
			s = d.waves()
			s.load().Hold, s.load().Pause = d.between(1, 4), d.between(1, 4)
		}
		takes := d.scale(0.1, 1)
		return s.with(InFlight(d.of(s.load().rate()*takes, 0.7, 1.2), takes)), Truth{Kind: Foreign, Allowed: []string{"overload"}}
	}},
	{Name: "tokens-revoked", draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.Tokens = Tokens{Mode: PerThread, Renew: d.between(30, 60)}
		return s.with(Revoked(s.load().Until * d.between(0.3, 0.6))), Truth{Kind: Foreign}
	}},
	{Name: "outage-of-client", draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Tokens, s.Cast = Tokens{Mode: Mode(d.IntN(2))}, Cast{Clients: d.whole(2, 4), Subjects: 2}
		u := s.load().Until
		from := u * d.between(0.3, 0.6)
		first := func(a *Arrival) bool { return a.ClientID == "client-1" }
		return s.with(Outage(from, from+u*d.between(0.08, 0.3)).For(first)), Truth{Kind: Foreign, Allowed: []string{"outage"}}
	}},
	{Name: "bucket-in-debt", draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		if d.coin() {
			s.load().Retries, s.load().Backoff = d.whole(1, 4), d.scale(0.2, 2)
		}
		rate := s.load().rate() * d.between(0.55, 0.9)
		burst := d.scale(2, 20)
		return s.with(Indebted(rate, burst, burst*d.between(0.2, 1))), Truth{Kind: Foreign, Allowed: []string{"rate-limit"}}
	}},
}

// Adaptive is a limit on open sockets that a controller moves: down by a factor when it
// was met since it looked last, up by some places when it was not.
type Adaptive struct {
	Least, More int
	Back, Every float64
}

// Rule makes the limit's judge.
func (l Adaptive) Rule() Rule {
	return func(c *Clock) Judge {
		open, limit, met, looked := 0, l.Least, false, 0.0
		return Judge{
			Refuse: func(*Arrival) bool {
				for ; looked+l.Every <= c.Now(); looked += l.Every {
					if met {
						limit = max(l.Least, int(l.Back*float64(limit)))
					} else {
						limit += l.More
					}
					met = false
				}
				met = met || open >= limit
				return open >= limit
			},
			Opened: func(*Arrival) { open++ },
			Closed: func(*Arrival) { open-- },
		}
	}
}

// InFlight refuses at once while n upgrades are being worked at, each of which takes
// about so long.
func InFlight(n int, takes float64) Rule {
	return func(c *Clock) Judge {
		var until []float64
		return Judge{Refuse: func(a *Arrival) bool {
			busy := until[:0]
			for _, end := range until {
				if end > c.Now() {
					busy = append(busy, end)
				}
			}
			if until = busy; len(until) >= n {
				return true
			}
			a.Delay = vary(c.Rand(), takes, 0.5)
			until = append(until, c.Now()+a.Delay)
			return false
		}}
	}
}

// Revoked refuses, from a moment on, tokens that were issued before it.
func Revoked(from float64) Rule {
	return func(c *Clock) Judge {
		at := c.Wall() + from
		return ofToken(func(c *Clock, t *Token) bool { return c.Wall() >= at && t.Issued < at })(c)
	}
}

// Indebted is a token bucket of which what it refuses takes a token too, until it owes
// so many.
func Indebted(rate, burst, most float64) Rule {
	return func(c *Clock) Judge {
		b := newLevels(c, rate, burst)
		return Judge{Refuse: func(*Arrival) bool {
			empty := b.of("") < 1
			b.level[""] = max(b.level[""]-1, -most)
			return empty
		}}
	}
}
