package virtual

import "math"

// Bucket is a token bucket on upgrades let through.
func Bucket(rate, burst float64, key Key) Rule {
	return func(c *Clock) Judge {
		b := newLevels(c, rate, burst)
		return Judge{
			Refuse: func(a *Arrival) bool { return b.of(key(a)) < 1 },
			Opened: func(a *Arrival) { b.level[key(a)]-- },
		}
	}
}

// BucketOfAll is a token bucket in front of the other rules: what it lets through takes
// a token, whatever becomes of it.
func BucketOfAll(rate, burst float64, key Key) Rule {
	return func(c *Clock) Judge {
		b := newLevels(c, rate, burst)
		return Judge{Refuse: func(a *Arrival) bool {
			k := key(a)
			if b.of(k) < 1 {
				return true
			}
			b.level[k]--
			return false
		}}
	}
}

// levels are what token buckets hold, by key.
type levels struct {
	clock       *Clock
	rate, burst float64
	level, at   map[string]float64
}

func newLevels(c *Clock, rate, burst float64) *levels {
	return &levels{c, rate, burst, map[string]float64{}, map[string]float64{}}
}

// of fills the bucket of a key up to now and returns its level.
func (b *levels) of(k string) float64 {
	now := b.clock.Now()
	if _, seen := b.at[k]; !seen {
		b.at[k], b.level[k] = now, b.burst
	}
	b.level[k] = min(b.burst, b.level[k]+b.rate*(now-b.at[k]))
	b.at[k] = now
	return b.level[k]
}

// Window is a quota that begins anew: n upgrades in each window, the first of which
// began Phase before the scene. A length of 0 is a quota for ever.
type Window struct {
	N             int
	Length, Phase float64
	Key           Key
	Attempts      bool // refused upgrades count too
}

// Rule makes the window's judge.
func (q Window) Rule() Rule {
	return func(c *Clock) Judge {
		counts := map[string]int{}
		current := math.Inf(-1)
		turn := func() {
			if q.Length == 0 {
				return
			}
			if n := math.Floor((c.Now() + q.Phase) / q.Length); n != current {
				current = n
				clear(counts)
			}
		}
		j := Judge{
			Refuse: func(a *Arrival) bool { turn(); return counts[q.Key(a)] >= q.N },
			Opened: func(a *Arrival) { counts[q.Key(a)]++ },
		}
		if q.Attempts {
			j.Turned = j.Opened
		}
		return j
	}
}

// Sliding is a quota over the trailing length seconds.
func Sliding(n int, length float64, key Key) Rule {
	return func(c *Clock) Judge {
		past := map[string][]float64{}
		return Judge{
			Refuse: func(a *Arrival) bool {
				k := key(a)
				for len(past[k]) > 0 && past[k][0] <= c.Now()-length {
					past[k] = past[k][1:]
				}
				return len(past[k]) >= n
			},
			Opened: func(a *Arrival) { past[key(a)] = append(past[key(a)], c.Now()) },
		}
	}
}

// SlidingOfAttempts is [Sliding] where refused upgrades count too: who goes on trying stays
// refused.
func SlidingOfAttempts(n int, length float64, key Key) Rule {
	of := Sliding(n, length, key)
	return func(c *Clock) Judge {
		j := of(c)
		j.Turned = j.Opened
		return j
	}
}

// Estimated is a quota over the trailing length seconds, estimated from two windows that
// begin with the gateway's clock: of the one before as much as a sliding one still covers.
func Estimated(n int, length float64, key Key) Rule {
	return func(c *Clock) Judge {
		current := 0.0
		counts, before := map[string]float64{}, map[string]float64{}
		return Judge{
			Refuse: func(a *Arrival) bool {
				number := math.Floor(c.Wall() / length)
				switch {
				case number == current+1:
					counts, before = map[string]float64{}, counts
				case number != current:
					counts, before = map[string]float64{}, map[string]float64{}
				}
				current = number
				covered := number + 1 - c.Wall()/length
				return covered*before[key(a)]+counts[key(a)] >= float64(n)
			},
			Opened: func(a *Arrival) { counts[key(a)]++ },
		}
	}
}

// Ban refuses a key for some time once it sent more than n upgrades within a
// window; Renews says that attempts during the ban begin it anew.
type Ban struct {
	N            int
	Window, Time float64
	Key          Key
	Renews       bool
}

// Rule makes the ban's judge.
func (b Ban) Rule() Rule {
	return func(c *Clock) Judge {
		past, until := map[string][]float64{}, map[string]float64{}
		return Judge{Refuse: func(a *Arrival) bool {
			k, now := b.Key(a), c.Now()
			if now < until[k] {
				if b.Renews {
					until[k] = now + b.Time
				}
				return true
			}
			past[k] = append(past[k], now)
			for past[k][0] <= now-b.Window {
				past[k] = past[k][1:]
			}
			if len(past[k]) <= b.N {
				return false
			}
			until[k], past[k] = now+b.Time, nil
			return true
		}}
	}
}
