package evidence

import "math"

// Mass is a prior over thresholds: the probability of the interval (after, upTo].
type Mass func(after, upTo float64) float64

// LogUniform spreads the mass evenly over the logarithm of a positive quantity
// between low and high, so that no unit and no order of magnitude is preferred.
func LogUniform(low, high float64) Mass {
	span := math.Log(high / low)
	return func(after, upTo float64) float64 {
		a, b := max(after, low), min(upTo, high)
		if a >= b {
			return 0
		}
		return math.Log(b/a) / span
	}
}

// Uniform spreads the mass evenly from low to high.
func Uniform(low, high float64) Mass {
	return func(after, upTo float64) float64 {
		a, b := max(after, low), min(upTo, high)
		if a >= b {
			return 0
		}
		return (b - a) / (high - low)
	}
}

// Counts gives the whole number n ≥ 1 the mass ln((n+½)/(n−½)), which is 1/n for
// all but the smallest, over its sum up to limit: log-uniform for numbers that are
// counted.
func Counts(limit int) Mass {
	span := math.Log((float64(limit) + 0.5) / 0.5)
	return func(after, upTo float64) float64 {
		a, b := max(math.Floor(after), 0), min(math.Floor(upTo), float64(limit))
		if a >= b {
			return 0
		}
		return math.Log((b+0.5)/(a+0.5)) / span
	}
}

// Spike puts all mass on one value.
func Spike(at float64) Mass {
	return func(after, upTo float64) float64 {
		if after < at && at <= upTo {
			return 1
		}
		return 0
	}
}

// Mirror turns a prior over positive quantities into one over their negatives.
func Mirror(m Mass) Mass {
	return func(after, upTo float64) float64 { return m(-upTo, -after) }
}

// Part is one component of a mixture.
type Part struct {
	Weight float64
	Mass   Mass
}

// Mix adds priors up; the weights should sum to 1.
func Mix(parts ...Part) Mass {
	return func(after, upTo float64) float64 {
		var sum float64
		for _, p := range parts {
			sum += p.Weight * p.Mass(after, upTo)
		}
		return sum
	}
}
