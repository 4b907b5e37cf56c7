package virtual

// Ramps in which open sockets, upgrades so far, elapsed time and the age of a
// shared token grow together.
var confoundedFamilies = []Family{
	{Name: "ramp-cap-shared", draw: func(d *draw) (Scene, Truth) { return ramped(d, Shared, Refusal{}) }},
	{Name: "ramp-cap-fresh", draw: func(d *draw) (Scene, Truth) { return ramped(d, Fresh, Refusal{}) }},
	{Name: "ramp-cap-threads", Held: true, draw: func(d *draw) (Scene, Truth) { return ramped(d, PerThread, Refusal{}) }},
	{Name: "ramp-cap-in-band", Held: true, draw: func(d *draw) (Scene, Truth) {
		return ramped(d, Shared, Refusal{Code: 1013, Reason: "Too many"})
	}},
	{Name: "steps-cap-shared", Held: true, draw: func(d *draw) (Scene, Truth) {
		s, truth := ramped(d, Shared, Refusal{})
		s.load().Shape, s.load().Waves = Steps, d.whole(10, 25)
		return s, truth
	}},
	{Name: "ramp-quota", draw: func(d *draw) (Scene, Truth) {
		s := d.ramp()
		return hourly(d, s, float64(s.load().Threads)), blur("quota")
	}},
	{Name: "ramp-too-old", draw: func(d *draw) (Scene, Truth) {
		s := d.ramp()
		s.Tokens.Mode = Shared
		return s.with(TooOld(s.load().Over * d.between(0.4, 0.8))), blur("token-too-old")
	}},
	{Name: "ramp-expired", draw: func(d *draw) (Scene, Truth) {
		s := d.ramp()
		s.Tokens = Tokens{Mode: Shared, Life: s.load().Over * d.between(0.4, 0.8)}
		return s.with(Expired(0)), Truth{Kind: Open, Causes: []Want{{Cause: "token-expired"}}}
	}},
	{Name: "all-expired", Held: true, Most: 1, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Tokens = Tokens{Mode: Fresh, AgeFirst: d.between(100, 500), Aged: true, Life: d.between(20, 90)}
		return s.with(Expired(0)), Truth{Kind: Open, Causes: []Want{{Cause: "token-expired"}}}
	}},
	{Name: "all-refused", Held: true, Most: 1, draw: func(d *draw) (Scene, Truth) {
		// A property that all requests share, an outage and a limit that others have used up
		// refuse them alike: each is as often what is true.
		causes := []string{"attribute", "outage", "unknown"}
		return d.churn().with(Chance(1).With(Refusal{Empty: true})),
			Truth{Kind: Open, Causes: []Want{{Cause: causes[d.IntN(len(causes))]}}}
	}},
	{Name: "ramp-outage", Held: true, draw: func(d *draw) (Scene, Truth) {
		s := d.ramp()
		from := s.load().Over * d.between(0.4, 0.8)
		return s.with(Outage(from, s.load().Over+1)), blur("outage")
	}},
	{Name: "ramp-overused", Held: true, draw: func(d *draw) (Scene, Truth) {
		s := d.ramp()
		s.Tokens.Mode = Shared
		return s.with(Overused(d.of(float64(s.load().Threads), 0.4, 0.8))), blur("token-overused")
	}},
	{Name: "kept-up-per-token", draw: func(d *draw) (Scene, Truth) { return keptUp(d, d.churn()) }},
	{Name: "kept-up-per-token-in-waves", Held: true, draw: func(d *draw) (Scene, Truth) { return keptUp(d, d.waves()) }},
	{Name: "quota-then-nothing", Held: true, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		return hourly(d, s, s.load().rate()*s.load().Until), blur("quota")
	}},
}

func blur(cause string) Truth { return Truth{Kind: Confounded, Causes: []Want{{Cause: cause}}} }

// keptUp is a limit on the attempts with a token that its retries keep reached.
func keptUp(d *draw, s Scene) (Scene, Truth) {
	s.Tokens = Tokens{Mode: PerThread}
	l := s.load()
	n := d.whole(2, 4)
	return s.with(SlidingOfAttempts(n, float64(n)*(l.Hold+l.Pause)*d.between(1.2, 2), PerToken)), blur("quota")
}

// hourly is a quota with a window far longer than the load. Whoever does an
// experiment waits for the next window.
func hourly(d *draw, s Scene, upgrades float64) Scene {
	length := d.scale(1500, 86400)
	s.Gap = length
	return s.with(Window{N: d.of(upgrades, 0.4, 0.75), Length: length, Phase: length * d.between(0.02, 0.5), Key: Global}.Rule())
}

func ramped(d *draw, m Mode, f Refusal) (Scene, Truth) {
	s := d.ramp()
	s.Tokens.Mode = m
	return s.with(Cap{N: d.of(float64(s.load().Threads), 0.4, 0.8)}.Rule().With(f)), blur("concurrency-cap")
}
