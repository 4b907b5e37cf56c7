package analysis

import "why403/analysis/evidence"

// promising is the least log likelihood that may still grow to the best: three times as
// far off, and where all is explained, by as many mistakes as a value beside the right one makes.
// Where the best is far off itself, it is also that of whoever foretells nothing, with a part of what
// the best gains on that: near the right value a search gains more.
func (s *study) promising(best float64) float64 {
	gain := max(0, best-s.nothing)
	return max(min(3*best-20, best-besideRight), s.nothing+leastGain*gain-besideRight)
}

const (
	besideRight = 100  // what a dozen mistakes or two cost
	leastGain   = 0.05 // of what the best gains on foretelling nothing
	// leastTelling is what the best of all values tried may gain on that by chance.
	leastTelling = 20
)

// tells reports whether a log likelihood says something. What does not in one order of a
// long recording does not in another either.
func (s *study) tells(logLik float64) bool {
	return s.beginning == nil || logLik >= s.nothing+leastTelling
}

// foretellingNothing is the log likelihood of whoever lets everything through that another
// mechanism does not refuse.
func (s *study) foretellingNothing() float64 {
	var t evidence.Table
	for i, refused := range s.table.Refused {
		t.Add(s.forced != nil && s.forced[i], refused, s.weights[i])
	}
	return t.Log()
}
