package analysis

import (
	"fmt"

	"why403/analysis/evidence"
)

// randomRefusal refuses a constant share of the upgrades, whatever they are.
var randomRefusal = &cause{
	name:    "random",
	prior:   0.03,
	weigh:   weighRandom,
	says:    saysRandom,
	story:   storyRandom,
	do:      doRandom,
	refute:  refuteRandom,
	predict: func(s *study, _ *hypothesis, _ *experiment) float64 { return s.share() },
}

// rarely is the prior on the share: less than half, mostly.
var rarely = evidence.Beta{A: 1, B: 3}

func weighRandom(s *study) []*hypothesis {
	t := s.all(func(int) bool { return true })
	h := &hypothesis{scope: "global", soft: true}
	h.logEvidence = rarely.Log(t.LeanYesRefused, t.LeanYesAccepted)
	h.predicted = make(prediction, len(s.table.Attempts)) // either, of every one
	h.counts = s.tally(h.predicted)
	return []*hypothesis{h}
}

// share is the share of refused attempts among the decided.
func (s *study) share() float64 { return float64(s.refused) / float64(max(1, len(s.table.Attempts))) }

func saysRandom(s *study, _ *hypothesis) string {
	return fmt.Sprintf("The gateway refuses %.1f %% of the upgrades with %s, unrelated to anything that was recorded.", 100*s.share(), s.majority)
}

func storyRandom(s *study, _ *hypothesis) string {
	return fmt.Sprintf("%d of %d upgrades were refused, at a constant rate if this is so", s.refused, len(s.table.Attempts))
}

func doRandom(*study, *hypothesis) []string {
	return []string{
		"Ask the gateway's owner which of its nodes or upstreams answers these refusals: one of several that differs looks like this.",
		"Compare the headers of refused and accepted answers for the names of nodes.",
	}
}

func refuteRandom(*study, *hypothesis) string {
	return "Anything known of a request beforehand that tells refused from accepted."
}
