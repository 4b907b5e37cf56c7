package analysis

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// halfTrust is the number of refusals, bursts weighed, at which half of the log
// evidence counts. It was set on prefixes of recordings of the training families
// (docs/diagnosis.md), each cause weighed by its prior: with 3 stated probabilities of 0.8 to
// 0.95 are too high, with 8 those of 0.5 to 0.7 too low; from some hundred refusals on it
// changes nothing.
const halfTrust = 5

// trust is the share of the log evidence that counts. Few refusals look alike for
// reasons that no model knows: they come from one moment, one user, one stall.
func (s *study) trust() float64 { return s.shareOfRefusals(halfTrust) }

// shareOfRefusals is a half if the refusals, bursts weighed, are so many.
func (s *study) shareOfRefusals(half float64) float64 {
	var n float64
	for i, refused := range s.table.Refused {
		if refused {
			n += s.weights[i]
		}
	}
	return n / (n + half)
}

// halfSure is the number of refusals at which half of the doubt is allowed for: with so many
// none of the training families' prefixes were determined wrongly that were not before.
const halfSure = 8

// sureEnough is the probability from which on a cause is determined: on few refusals more,
// since what was not thought of looks like any cause then.
func (s *study) sureEnough() float64 { return 1 - (1-sure)*s.shareOfRefusals(halfSure) }

// setProbabilities turns log evidence into probabilities. Only what the recording says is
// doubted: what is known of causes before anything is seen counts in full, however few
// refusals there are.
func setProbabilities(hs []*hypothesis, trust float64) {
	logs := make([]float64, len(hs))
	for i, h := range hs {
		prior := h.logPrior()
		logs[i] = prior + trust*(h.logEvidence-prior)
	}
	total := floats.LogSumExp(logs)
	for i, h := range hs {
		h.probability = math.Exp(logs[i] - total)
	}
}

// logPrior is the logarithm of the prior of a cause, or of two at once.
func (h *hypothesis) logPrior() float64 {
	sum := 0.0
	for _, part := range h.single() {
		sum += math.Log(part.cause.prior)
	}
	return sum + float64(len(h.single())-1)*math.Log(pairShare) + h.costOfChance()
}
