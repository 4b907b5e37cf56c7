package sim

import (
	"math/rand/v2"
	"time"
)

// Span is a random time: uniform between Min and Max, or, with a Mean, Min plus
// an exponentially distributed time of that mean, at most Max if Max is set. The
// zero value is always 0.
type Span struct {
	Min, Max time.Duration
	Mean     time.Duration
}

// Fixed is a span that is always d.
func Fixed(d time.Duration) Span { return Span{Min: d, Max: d} }

func (s Span) draw(random *rand.Rand) time.Duration {
	if s.Mean > 0 {
		d := s.Min + time.Duration(random.ExpFloat64()*float64(s.Mean))
		if s.Max > 0 {
			d = min(d, s.Max)
		}
		return d
	}
	return s.Min + time.Duration(random.Float64()*float64(max(s.Max-s.Min, 0)))
}
