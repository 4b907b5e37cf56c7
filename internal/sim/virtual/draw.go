package virtual

import (
	"math"
	"math/rand/v2"
)

// draw draws parameters from continuous ranges, never from a grid.
type draw struct{ *rand.Rand }

func newDraw(seed uint64) *draw { return &draw{rand.New(rand.NewPCG(seed, 403))} }

func (d *draw) between(low, high float64) float64 { return low + (high-low)*d.Float64() }

// scale draws evenly in the logarithm.
func (d *draw) scale(low, high float64) float64 { return low * math.Pow(high/low, d.Float64()) }

func (d *draw) whole(low, high int) int { return low + d.IntN(high-low+1) }

func (d *draw) coin() bool { return d.IntN(2) == 0 }

// of returns a share of n, at least 2.
func (d *draw) of(n, low, high float64) int { return max(2, int(math.Round(n*d.between(low, high)))) }

func (d *draw) network() Network {
	return Network{
		Way:    0.0003 + 0.06*d.Float64()*d.Float64(),
		Jitter: 0.0002 + 0.008*d.Float64()*d.Float64(),
		Skew:   d.between(-2, 2),
		Dates:  d.between(0.1, 1),
	}
}

// churn is a load of sockets that come and go.
func (d *draw) churn() Scene {
	return Scene{
		Loads: []Load{{
			Threads: d.whole(40, 120), Over: d.between(15, 60), Until: d.between(130, 260),
			Hold: d.between(6, 20), Pause: d.between(2, 12), Spread: d.between(0.3, 0.8),
		}},
		Network: d.network(),
		Gateway: Gateway{Work: d.scale(0.0005, 0.01)},
		Tokens:  d.anyTokens(),
	}
}

// waves is a load whose threads start in steps, bursts or a spike.
func (d *draw) waves() Scene {
	s := d.churn()
	l := &s.Loads[0]
	l.Shape, l.Waves = Shape(d.whole(int(Steps), int(Spike))), d.whole(3, 8)
	l.Over = d.between(40, 100)
	if d.coin() {
		l.Retries, l.Backoff = d.whole(1, 4), d.scale(0.2, 2)
	}
	return s
}

// brief is a load of many short sockets.
func (d *draw) brief() Scene {
	s := d.churn()
	l := &s.Loads[0]
	l.Hold, l.Pause = d.between(0.4, 2), d.between(0.8, 3)
	l.Threads = d.whole(25, 60)
	return s
}

// ramp is a load that only grows.
func (d *draw) ramp() Scene {
	s := d.churn()
	l := &s.Loads[0]
	l.Threads, l.Hold, l.Once = d.whole(250, 600), 0, true
	l.Over = d.between(60, 240)
	l.Until = l.Over
	return s
}

func (d *draw) anyTokens() Tokens {
	return Tokens{Mode: Mode(d.whole(int(Fresh), int(Shared))), Requests: d.coin()}
}

// offered is about how many sockets a load would hold if none were refused.
func (l Load) offered() float64 {
	if l.Hold == 0 {
		return float64(l.Threads)
	}
	return float64(l.Threads) * l.Hold / (l.Hold + l.Pause)
}

// rate is about how many upgrades a second a load offers.
func (l Load) rate() float64 { return float64(l.Threads) / (l.Hold + l.Pause) }
