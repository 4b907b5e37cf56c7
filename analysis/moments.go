package analysis

import (
	"slices"
	"time"
)

// A machine that stalls answers what piled up at once, and the recorder sees closes and
// requests in another order than the gateway did: some refusals in one moment that a limit
// does not account for, and that a second one can be fitted to.

const (
	// fewestMoments is how often a limit beside another must have been reached by itself.
	fewestMoments = 3
	aMoment       = time.Second // lasts this long
)

// eachReached reports whether each limit of two causes was reached often enough where the other
// was not.
func (s *study) eachReached(h *hypothesis) bool {
	if len(h.parts) == 0 {
		return true
	}
	a, b := h.parts[0], h.parts[1]
	return s.reachedBeside(a, b) && s.reachedBeside(b, a)
}

func (s *study) reachedBeside(h, other *hypothesis) bool {
	limits := []*cause{rateLimit, concurrencyCap, quota}
	return !slices.Contains(limits, h.cause) || s.moments(h.predicted, other.predicted) >= fewestMoments
}

// moments counts the moments at which refusals came that one prediction calls and another
// does not.
func (s *study) moments(p, not prediction) int {
	n, begun := 0, time.Duration(0)
	for i, refused := range s.table.Refused {
		if !refused || !p[i].refuses() || not[i].refuses() {
			continue
		}
		at := s.table.Attempts[i].Sent.Sub(s.table.Attempts[0].Sent)
		if n == 0 || at-begun > aMoment {
			n, begun = n+1, at
		}
	}
	return n
}
