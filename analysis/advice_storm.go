package analysis

import (
	"fmt"

	"why403/capture"
)

// A retry storm is refusals that beget attempts: the rate after the first refusal
// is a multiple of the rate before, and most attempts fail.
const (
	stormFactor = 3
	stormShare  = 0.5 // of the attempts since, refused
	stormSpan   = 5.0 // seconds on either side, at least
)

func retryStorm(s *study) *Advice {
	n := len(s.table.Attempts)
	first := -1
	for i, refused := range s.table.Refused {
		if refused {
			first = i
			break
		}
	}
	if first < fewestUpgrades || n-first < 2*fewestUpgrades {
		return nil
	}
	begin, turn, end := s.table.Attempts[0].Answered, s.table.Attempts[first].Answered, s.table.Attempts[n-1].Answered
	before, after := spanOf(begin, turn), spanOf(turn, end)
	if before < stormSpan || after < stormSpan {
		return nil
	}
	was, is := float64(first)/before, float64(n-first)/after
	refused := float64(s.refused) / float64(n-first)
	if is < stormFactor*was || refused < stormShare {
		return nil
	}
	return &Advice{
		Name: "retry-storm", Urgent: true,
		Says: fmt.Sprintf("Refused upgrades are tried again and again: %.1f upgrades a second before the first refusal, %.1f since, of which %s are refused.", was, is, percent(refused)),
		Do: []string{
			"Wait after a refusal, longer each time and by a random part of it; in JMeter, a timer that only a refused attempt runs into.",
			"Measure the gateway without retries first: they hide its limit and may have you banned.",
		},
	}
}

func spanOf(from, to capture.Instant) float64 { return to.Sub(from).Seconds() }
