package virtual

import "math"

// Bucket is a token bucket on upgrades let through.
func Bucket(rate, burst float64, key Key) Rule {
	return func(c *Clock) Judge {
		level, at := map[string]float64{}, map[string]float64{}
		has := func(k string) float64 {
			if _, seen := at[k]; !seen {
				at[k], level[k] = c.Now(), burst
			}
			level[k] = min(burst, level[k]+rate*(c.Now()-at[k]))
			at[k] = c.Now()
			return level[k]
		}
		return Judge{
			Refuse: func(a *Arrival) bool { return has(key(a)) < 1 },
			Opened: func(a *Arrival) { level[key(a)]-- },
		}
	}
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
