package analysis

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// halfTrust is the number of refusals, bursts weighed, at which half of the log
// evidence counts. It was set on prefixes of recordings (docs/diagnosis.md): stated
// probabilities of 6 to 30 refusals were too high by 0.2 to 0.3 without it, and some
// causes were determined wrongly; from some hundred refusals on it changes nothing.
const halfTrust = 8

// trust is the share of the log evidence that counts. Few refusals look alike for
// reasons that no model knows: they come from one moment, one user, one stall.
func (s *study) trust() float64 {
	var n float64
	for i, refused := range s.table.Refused {
		if refused {
			n += s.weights[i]
		}
	}
	return n / (n + halfTrust)
}

// setProbabilities turns log evidence, priors included, into probabilities.
func (s *study) setProbabilities(hs []*hypothesis) {
	trust := s.trust()
	logs := make([]float64, len(hs))
	for i, h := range hs {
		logs[i] = trust * h.logEvidence
	}
	total := floats.LogSumExp(logs)
	for _, h := range hs {
		h.probability = math.Exp(trust*h.logEvidence - total)
	}
}
