package virtual

import "math"

// Where refuses a share of the upgrades that have a property.
func Where(has func(*Arrival) bool, share float64) Rule {
	return func(c *Clock) Judge {
		return Judge{Refuse: func(a *Arrival) bool { return has(a) && c.Rand().Float64() < share }}
	}
}

// Outage refuses everything in [from, until).
func Outage(from, until float64) Rule {
	return func(c *Clock) Judge {
		return Judge{Refuse: func(*Arrival) bool { return c.Now() >= from && c.Now() < until }}
	}
}

// Chance refuses a share of everything.
func Chance(share float64) Rule { return Where(func(*Arrival) bool { return true }, share) }

// Validator is a queue of one server in front of the decision: whoever would wait
// longer than Timeout is refused when it has passed.
type Validator struct {
	PerSecond float64 // upgrades validated
	Timeout   float64 // seconds
}

// Rule makes the validator's judge.
func (v Validator) Rule() Rule {
	return func(c *Clock) Judge {
		free := 0.0
		return Judge{Refuse: func(a *Arrival) bool {
			start := max(free, c.Now())
			end := start + c.Rand().ExpFloat64()/v.PerSecond
			if end-c.Now() > v.Timeout {
				a.Delay = v.Timeout
				return true
			}
			free, a.Delay = end, end-c.Now()
			return false
		}}
	}
}

// Strained fails more often the more upgrades came within the last second: with
// probability ceiling / (1 + exp(−(rate − middle) / width)). Failures are slow.
func Strained(middle, width, ceiling, slow float64) Rule {
	return func(c *Clock) Judge {
		var past []float64
		return Judge{Refuse: func(a *Arrival) bool {
			past = append(past, c.Now())
			for past[0] <= c.Now()-1 {
				past = past[1:]
			}
			load := (float64(len(past)) - middle) / width
			if c.Rand().Float64() >= ceiling/(1+math.Exp(-load)) {
				a.Delay = 0.2 * slow * c.Rand().Float64() / (1 + math.Exp(-load))
				return false
			}
			a.Delay = vary(c.Rand(), slow, 0.05)
			return true
		}}
	}
}

// EveryNth refuses every n-th upgrade.
func EveryNth(n int) Rule {
	return func(*Clock) Judge {
		i := 0
		return Judge{Refuse: func(*Arrival) bool { i++; return i%n == 0 }}
	}
}

// Moody refuses everything while in a bad mood; moods change at random and last
// about good and bad seconds. Nothing that is recorded tells the mood, and each
// value of the key has its own.
func Moody(good, bad float64, key Key) Rule {
	return func(c *Clock) Judge {
		until, ill := map[string]float64{}, map[string]bool{}
		return Judge{Refuse: func(a *Arrival) bool {
			k := key(a)
			for until[k] <= c.Now() {
				if until[k] > 0 {
					ill[k] = !ill[k]
				}
				mean := good
				if ill[k] {
					mean = bad
				}
				until[k] += mean * c.Rand().ExpFloat64()
			}
			return ill[k]
		}}
	}
}
