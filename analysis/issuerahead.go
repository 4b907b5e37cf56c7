package analysis

import (
	"why403/analysis/covariate"
	"why403/capture"
)

// leastAhead is by how many seconds the issuer's clock must be ahead of the gateway's, beyond
// what the latter is known to, for that to be told: claims are in whole seconds.
const leastAhead = 1.0

// issuerAhead is by how many seconds the issuer's clock is ahead of the gateway's at least: a
// token is issued before it is first seen, whatever its claim says. 0 if it does not show. Where
// the gateway tells its time in answers, ages are by its own clock, and how far that is behind
// shows nowhere else.
func (s *study) issuerAhead() float64 {
	ahead, within := 0.0, 0.0
	for i := range s.table.Attempts {
		a := &s.table.Attempts[i]
		if t := a.Token; t == nil || t.Kind == capture.Placeholder || t.OurClock || !t.Issued.Seen() || !t.Seen.Seen() {
			continue
		}
		if by := aheadOf(a); by > ahead {
			ahead, within = by, a.Error.Seconds()
		}
	}
	if ahead < within+leastAhead {
		return 0
	}
	return ahead
}

// aheadOf is by how many seconds at least a token was issued later, on the gateway's clock, than
// it was first seen.
func aheadOf(a *covariate.Attempt) float64 {
	return (a.Sent.Sub(a.Token.Seen) - a.Age).Seconds()
}
