package capture

import "time"

// Instant is a moment in nanoseconds since 1970-01-01T00:00:00Z. Zero means
// "not seen".
//
// A plain integer rather than a [time.Time]: it takes 8 bytes instead of 24 (an
// upgrade has some twenty of them and a run a million upgrades), compares with
// ==, and passes through the run file and packet captures unchanged.
type Instant int64

// At returns t as an Instant, and 0 for the zero time.
func At(t time.Time) Instant {
	if t.IsZero() {
		return 0
	}
	return Instant(t.UnixNano())
}

// Time returns i in UTC, and the zero time for "not seen".
func (i Instant) Time() time.Time {
	if i == 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(i)).UTC()
}

// Seen reports whether the moment was observed.
func (i Instant) Seen() bool { return i != 0 }

// Add returns i shifted by d. A moment that was not seen stays so.
func (i Instant) Add(d time.Duration) Instant {
	if i == 0 {
		return 0
	}
	return i + Instant(d)
}

// Sub returns the time from j to i. Both must have been seen for the result to
// mean anything; see [Since] for the form that says so.
func (i Instant) Sub(j Instant) time.Duration { return time.Duration(i - j) }

// Since returns the time from an earlier moment to a later one, and false if
// either was not seen.
func Since(from, to Instant) (time.Duration, bool) {
	return to.Sub(from), from.Seen() && to.Seen()
}
