package sim

import "time"

// bucket is a token bucket: burst at once, then perSecond. The zero value has no
// limit. It has no clock and is not safe for concurrent use.
type bucket struct {
	perSecond float64
	burst     int // below 1 counts as 1
	level     float64
	at        time.Time // when level held; zero before first use
}

// has reports whether one can be taken at now.
func (b *bucket) has(now time.Time) bool {
	if b.perSecond <= 0 {
		return true
	}
	full := float64(max(b.burst, 1))
	if b.at.IsZero() {
		b.level = full
	} else {
		b.level = min(full, b.level+b.perSecond*now.Sub(b.at).Seconds())
	}
	b.at = now
	return b.level >= 1
}

// take takes one; has must have reported true.
func (b *bucket) take() {
	if b.perSecond > 0 {
		b.level--
	}
}

// wait is how long after the last call of has the next one will be there.
func (b *bucket) wait() time.Duration {
	if b.perSecond <= 0 {
		return 0
	}
	return time.Duration((1 - b.level) / b.perSecond * float64(time.Second))
}
