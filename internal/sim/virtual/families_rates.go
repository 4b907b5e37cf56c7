package virtual

import "math"

var rateFamilies = []Family{
	{Name: "bucket", Timed: true, draw: func(d *draw) (Scene, Truth) { return bucket(d, d.brief(), 1, Global, "global") }},
	{Name: "bucket-retried", Held: true, Timed: true, draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.load().Retries, s.load().Backoff = d.whole(1, 5), d.scale(0.1, 1)
		return bucket(d, s, 1, Global, "global")
	}},
	{Name: "bucket-per-client", Timed: true, draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.Tokens, s.Cast = Tokens{Mode: Mode(d.IntN(2))}, Cast{Clients: d.whole(2, 4), Subjects: 3}
		return bucket(d, s, s.Cast.Clients, PerClient, "client")
	}},
	{Name: "bucket-per-token", Timed: true, draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		groups := d.whole(3, 5)
		s.Tokens, s.Cast = Tokens{Mode: Grouped}, Cast{Groups: groups}
		return bucket(d, s, groups, PerToken, "token")
	}},
	{Name: "bucket-per-source", Held: true, Timed: true, draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.Cast = Cast{Sources: d.whole(2, 4), Uneven: d.coin()}
		return bucket(d, s, s.Cast.Sources, PerSource, "source")
	}},
	{Name: "bucket-429-bursts", Held: true, Timed: true, draw: func(d *draw) (Scene, Truth) {
		s := d.waves()
		s.load().Hold, s.load().Until = d.between(15, 40), d.between(180, 300)
		s, truth := bucket(d, s, 1, Global, "global")
		s.Gateway.Refusal = Refusal{Status: 429, Body: "Too Many Requests"}
		return s, truth
	}},
	{Name: "bucket-of-one", Timed: true, draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		groups := d.whole(2, 4)
		s.Tokens, s.Cast = Tokens{Mode: Grouped}, Cast{Groups: groups}
		rate := s.load().rate() / float64(groups) * d.between(0.4, 0.8)
		rule := Bucket(rate, 1, PerToken)
		if d.coin() {
			rule = Sliding(1, 1/rate, PerToken) // the same, by another name
		}
		return s.with(rule), find(Want{Cause: "rate-limit", Scopes: []string{"token"}, Value: rate})
	}},
	{Name: "window", Timed: true, draw: func(d *draw) (Scene, Truth) { return window(d, d.brief(), 1, Global, "global", 0) }},
	{Name: "window-begun-before", Timed: true, draw: func(d *draw) (Scene, Truth) {
		s, truth := window(d, d.brief(), 1, Global, "global", 0)
		s.Late = s.load().Until * d.between(0.2, 0.5)
		truth.Kind = Open // what was counted before is not known
		return s, truth
	}},
	{Name: "window-of-attempts", Timed: true, draw: func(d *draw) (Scene, Truth) {
		s, truth := d.brief(), Truth{}
		s, truth = window(d, s, 1, Global, "global", 1)
		return s, truth
	}},
	{Name: "window-per-token", Held: true, Timed: true, draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		groups := d.whole(3, 6)
		s.Tokens, s.Cast = Tokens{Mode: Grouped}, Cast{Groups: groups}
		return window(d, s, groups, PerToken, "token", 0)
	}},
	{Name: "sliding", Timed: true, draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		length := d.between(6, 30)
		n := d.of(s.load().rate()*length, 0.5, 0.85)
		return s.with(Sliding(n, length, Global)), find(Want{Cause: "quota", Scopes: global, Value: float64(n), Slack: 1})
	}},
	{Name: "sliding-per-client", Held: true, Timed: true, draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.Tokens, s.Cast = Tokens{Mode: Mode(d.IntN(2))}, Cast{Clients: d.whole(2, 3), Subjects: 2}
		length := d.between(6, 30)
		n := d.of(s.load().rate()/float64(s.Cast.Clients)*length, 0.5, 0.85)
		return s.with(Sliding(n, length, PerClient)), find(Want{Cause: "quota", Scopes: []string{"client"}, Value: float64(n), Slack: 1})
	}},
	{Name: "quota-per-client", draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.Tokens, s.Cast = Tokens{Mode: Mode(d.IntN(2))}, Cast{Clients: d.whole(3, 5), Subjects: 2, Uneven: true}
		n := d.of(s.load().rate()*s.load().Until/float64(s.Cast.Clients), 0.4, 0.8)
		return s.with(Window{N: n, Key: PerClient}.Rule()), find(Want{Cause: "quota", Scopes: []string{"client"}, Value: float64(n), Slack: 1})
	}},
	{Name: "ban", Timed: true, draw: func(d *draw) (Scene, Truth) { return banned(d, false) }},
	{Name: "ban-renewed", Held: true, Timed: true, draw: func(d *draw) (Scene, Truth) { return banned(d, true) }},
}

func bucket(d *draw, s Scene, parts int, key Key, scope string) (Scene, Truth) {
	rate := s.load().rate() / float64(parts) * d.between(0.55, 0.9)
	burst := math.Round(d.scale(2, 20))
	return s.with(Bucket(rate, burst, key)), find(Want{Cause: "rate-limit", Scopes: []string{scope}, Value: rate})
}

// window limits the upgrades in windows; passing is how many of the refused count
// for one that is let through.
func window(d *draw, s Scene, parts int, key Key, scope string, refused int) (Scene, Truth) {
	length := d.between(7, 40)
	n := d.of(s.load().rate()/float64(parts)*length, 0.5, 0.85)
	q := Window{N: n, Length: length, Phase: length * d.Float64(), Key: key, Attempts: refused > 0}
	return s.with(q.Rule()), find(Want{Cause: "quota", Scopes: []string{scope}, Value: float64(n), Slack: 1})
}

// banned has several sources of which some are sometimes too fast.
func banned(d *draw, renews bool) (Scene, Truth) {
	s := d.brief()
	s.Cast = Cast{Sources: d.whole(3, 5), Uneven: true}
	l := s.load()
	l.Until, l.Spread = d.between(200, 320), 0.9
	window := d.between(3, 12)
	n := d.of(l.rate()/float64(s.Cast.Sources)*window, 1.15, 1.6)
	length := d.between(8, 40)
	if renews {
		// Who is banned must sometimes stay away for long enough.
		l.Threads, l.Pause = d.whole(8, 20), d.between(4, 12)
		s.Cast.Sources = d.whole(4, 6)
		length = d.between(2, 6)
		n = d.of(l.rate()/float64(s.Cast.Sources)*window, 1.2, 1.7)
	}
	return s.with(Ban{N: n, Window: window, Time: length, Key: PerSource, Renews: renews}.Rule()),
		find(Want{Cause: "source-ban", Scopes: []string{"source"}})
}
