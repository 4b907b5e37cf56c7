package virtual

import "math"

// Overload in several forms: what strains the gateway, how steeply failures rise with
// it, and how long a failure takes.
var strainFamilies = []Family{
	{Name: "overload-of-rate", Most: 0.7, draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.load().Over = s.load().Until * d.between(0.5, 0.9)
		return s.with(d.overworked(s, d.scale(0.4, 4)).Rule()), find(Want{Cause: "overload"})
	}},
	{Name: "overload-retried", Most: 0.8, draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.load().Over = s.load().Until * d.between(0.5, 0.9)
		s.load().Retries, s.load().Backoff = d.whole(1, 4), d.scale(0.2, 2)
		return s.with(d.overworked(s, d.scale(0.4, 3)).Rule()), find(Want{Cause: "overload"})
	}},
	{Name: "overload-of-steps", Most: 0.7, draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		l := s.load()
		l.Shape, l.Waves, l.Over = Steps, d.whole(3, 6), l.Until*d.between(0.6, 0.9)
		o := d.overworked(s, d.scale(0.4, 4))
		o.Spread = d.between(0, 0.6)
		return s.with(o.Rule()), find(Want{Cause: "overload"})
	}},
	{Name: "overload-of-open", Most: 0.7, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		l := s.load()
		l.Hold, l.Pause, l.Over = d.between(4, 10), d.between(2, 6), l.Until*d.between(0.5, 0.9)
		o := d.overworked(s, 0)
		o.Limit = l.offered() * d.between(0.6, 0.9)
		return s.with(o.Rule()), find(Want{Cause: "overload"})
	}},
	{Name: "shed-fast", Most: 0.7, draw: func(d *draw) (Scene, Truth) {
		s := d.brief()
		s.load().Over = s.load().Until * d.between(0.5, 0.9)
		o := d.overworked(s, d.scale(0.5, 4))
		o.Slow = 0.003
		return s.with(o.Rule()), Truth{Kind: Open, Causes: []Want{{Cause: "overload"}}}
	}},
}

func (d *draw) overworked(s Scene, memory float64) Overworked {
	return Overworked{
		Memory: memory, Limit: s.load().rate() * d.between(0.55, 0.95), Power: d.between(2, 8),
		Slow: d.scale(0.25, 5), Spread: d.between(0, 0.3),
	}
}

// Overworked fails the more often the higher the load is: with probability
// x^p/(1+x^p), x being the load over its limit. The load is the rate of upgrades,
// smoothed over Memory seconds, or the open sockets if that is 0.
type Overworked struct {
	Memory, Limit, Power float64
	Slow, Spread         float64 // seconds that a failure takes, and by what share that varies
}

// Rule makes the judge.
func (o Overworked) Rule() Rule {
	return func(c *Clock) Judge {
		rate, last, open := 0.0, 0.0, 0.0
		return Judge{
			Refuse: func(a *Arrival) bool {
				x := open
				if o.Memory > 0 {
					rate *= math.Exp(-(c.Now() - last) / o.Memory)
					rate, last = rate+1/o.Memory, c.Now()
					x = rate
				}
				p := math.Pow(x/o.Limit, o.Power)
				p /= 1 + p
				if c.Rand().Float64() < p {
					a.Delay = vary(c.Rand(), o.Slow, o.Spread)
					return true
				}
				a.Delay = 0.3 * min(o.Slow, 0.5) * p * c.Rand().Float64()
				return false
			},
			Opened: func(*Arrival) { open++ },
			Closed: func(*Arrival) { open-- },
		}
	}
}
