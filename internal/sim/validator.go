package sim

import "time"

// validator is a service that looks at one token after the other.
type validator struct {
	perSecond float64
	patience  time.Duration // whoever would wait longer is refused after it
	free      time.Time     // when it is done with what it has
}

// validate says how long an upgrade waits for its validation, and false if that
// is given up.
func (v *validator) validate(now time.Time) (time.Duration, bool) {
	if v.perSecond <= 0 {
		return 0, true
	}
	start := v.free
	if start.Before(now) {
		start = now
	}
	end := start.Add(time.Duration(float64(time.Second) / v.perSecond))
	if wait := end.Sub(now); wait <= v.patience {
		v.free = end
		return wait, true
	}
	return v.patience, false
}
