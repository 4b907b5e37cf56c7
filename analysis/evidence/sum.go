package evidence

import "math"

// sum adds up likelihoods, given by their logarithms and each times a mass: the largest is
// kept apart, so that none leaves the range of numbers.
type sum struct{ most, parts float64 }

func newSum() sum { return sum{most: math.Inf(-1)} }

func (s *sum) add(logLik, mass float64) {
	if logLik > s.most {
		s.parts *= math.Exp(s.most - logLik)
		s.most = logLik
	}
	if d := logLik - s.most; d > negligible {
		s.parts += mass * math.Exp(d)
	}
}

// negligible is what a likelihood is below beside the largest that adds nothing to it.
const negligible = -worthless

func (s *sum) log() float64 { return s.most + math.Log(s.parts) }
