package virtual

import "math"

// Two causes at once of which one hides behind the other, and limits that a load tool's
// own habits disguise.
var blendFamilies = []Family{
	{Name: "bucket-beside-expired", Least: 60, draw: func(d *draw) (Scene, Truth) {
		s := d.agingTokens()
		rate := s.load().rate() * d.between(0.5, 0.8)
		return s.with(Expired(0), Bucket(rate, math.Round(d.scale(2, 40)), Global)), bucketAndExpired(rate)
	}},
	{Name: "bucket-before-expired", Least: 60, draw: func(d *draw) (Scene, Truth) {
		s := d.agingTokens()
		rate := s.load().rate() * d.between(0.5, 0.8)
		return s.with(BucketOfAll(rate, math.Round(d.scale(2, 40)), Global), Expired(0)), bucketAndExpired(rate)
	}},
	{Name: "bucket-and-missing", Least: 60, Most: 0.95, draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.load().Retries, s.load().Backoff = d.whole(0, 3), d.scale(0.2, 2)
		s.Tokens = Tokens{Mode: Mode(d.IntN(2)), Fail: sometimes(Fault{Absent: true}, d.between(0.1, 0.45))}
		rate := s.load().rate() * d.between(0.05, 0.7) // mostly, every token is taken at once
		return s.with(Missing(), Bucket(rate, math.Round(d.scale(2, 20)), Global)),
			find(Want{Cause: "token-missing"}, Want{Cause: "rate-limit", Scopes: global, Value: rate})
	}},
	{Name: "cap-and-random", Least: 60, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		if d.coin() {
			s = d.waves()
		}
		n := d.of(s.load().offered(), 0.4, 0.75)
		return s.with(Chance(d.between(0.01, 0.08)), Cap{N: n}.Rule()),
			atRandomToo(Want{Cause: "concurrency-cap", Scopes: global, Value: float64(n), Slack: 1})
	}},
	{Name: "expired-and-random", Least: 60, draw: func(d *draw) (Scene, Truth) {
		s := d.agingTokens()
		return s.with(Chance(d.between(0.01, 0.08)), Expired(0)), atRandomToo(Want{Cause: "token-expired", Slack: 1.5})
	}},
	{Name: "bucket-and-random", Least: 60, draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		rate := s.load().rate() * d.between(0.55, 0.85)
		return s.with(Chance(d.between(0.01, 0.08)), Bucket(rate, math.Round(d.scale(2, 20)), Global)),
			atRandomToo(Want{Cause: "rate-limit", Scopes: global, Value: rate})
	}},
	{Name: "cap-at-expiry", draw: func(d *draw) (Scene, Truth) {
		s := d.ramp()
		s.Tokens = Tokens{Mode: Shared, Life: s.load().Over * d.between(0.4, 0.8)}
		return s.with(FullAtExpiry()), blur("concurrency-cap")
	}},
	{Name: "cap-at-expiry-reopened", Least: 60, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Tokens = Tokens{Mode: Shared, Life: s.load().Over * d.between(0.3, 0.7)}
		return s.with(FullAtExpiry()), find(Want{Cause: "concurrency-cap", Scopes: global})
	}},
	{Name: "ban-retried", Timed: true, draw: func(d *draw) (Scene, Truth) {
		s, truth := banned(d, true)
		s.load().Retries, s.load().Backoff = d.whole(1, 4), d.scale(0.3, 2)
		return s, truth
	}},
	{Name: "ban-per-client-retried", Timed: true, draw: func(d *draw) (Scene, Truth) {
		s, _ := banned(d, true)
		l := s.load()
		clients := d.whole(3, 6)
		s.Cast, s.Tokens = Cast{Clients: clients, Uneven: true}, Tokens{Mode: Mode(d.IntN(2))}
		l.Retries, l.Backoff = d.whole(1, 4), d.scale(0.3, 2)
		window := d.between(3, 12)
		n := d.of(l.rate()/float64(clients)*window, 1.2, 1.7)
		return s.with(Ban{N: n, Window: window, Time: d.between(2, 8), Key: PerClient, Renews: d.coin()}.Rule()),
			Truth{Kind: Open, Causes: []Want{{Cause: "source-ban", Scopes: []string{"client"}}}}
	}},
	{Name: "ban-kept-up", draw: func(d *draw) (Scene, Truth) {
		// Whoever is banned never stays away for long enough, so that no ban ends.
		s, _ := banned(d, true)
		l := s.load()
		l.Retries, l.Backoff = d.whole(2, 6), d.scale(0.2, 1)
		l.Threads = d.whole(20, 40)
		window := d.between(3, 12)
		n := d.of(l.rate()/float64(s.Cast.Sources)*window, 1.3, 1.8)
		return s.with(Ban{N: n, Window: window, Time: d.between(8, 30), Key: PerSource, Renews: true}.Rule()),
			Truth{Kind: Open, Causes: []Want{{Cause: "source-ban", Scopes: []string{"source"}}}}
	}},
}

// agingTokens is a load of short sockets whose threads, or groups of them, keep their
// tokens for longer than these live.
func (d *draw) agingTokens() Scene {
	s := d.brief()
	if d.coin() {
		s.load().Retries, s.load().Backoff = d.whole(1, 3), d.scale(0.2, 2)
	}
	s.Tokens = Tokens{Mode: PerThread, Life: d.between(25, 60), LifeSpread: d.between(0, 0.5), Requests: d.coin()}
	s.Tokens.Renew = s.Tokens.Life * d.between(1.1, 1.6)
	return s
}

func bucketAndExpired(rate float64) Truth {
	return find(Want{Cause: "token-expired", Slack: 1.5}, Want{Cause: "rate-limit", Scopes: global, Value: rate})
}

// atRandomToo is the truth of a cause beside refusals at random, which a verdict may
// name or take for noise.
func atRandomToo(w Want) Truth {
	return Truth{Kind: Open, Causes: []Want{w, {Cause: "random"}}}
}
