package analysis

import (
	"fmt"
	"math"

	"why403/analysis/evidence"
)

// tokenTooOld refuses a token from some age on, whatever its exp says.
var tokenTooOld = &cause{
	name:    "token-too-old",
	prior:   0.08,
	weigh:   weighTooOld,
	says:    saysTooOld,
	story:   storyTooOld,
	do:      doTooOld,
	refute:  refuteTooOld,
	predict: predictAged,
	proven:  provenTooOld,
	words:   []string{"token too old", "token is too old", "token age"},
}

// ages is the prior on the age at which a token is refused: ten seconds to a week. Less
// leaves hardly the time to send it.
var ages = evidence.Mix(
	evidence.Part{Weight: 0.98, Mass: evidence.LogUniform(10, 7*24*3600)},
	evidence.Part{Weight: 0.02, Mass: evidence.LogUniform(1, 10)},
)

func weighTooOld(s *study) []*hypothesis {
	of := func(i int) (float64, float64, float64) {
		a := &s.table.Attempts[i]
		if s.tokenless(i) {
			return never()
		}
		return bounds(knowsIssue(a), a.Age.Seconds(), a.Error.Seconds())
	}
	h, r := s.scanned(of, ages, nearSeconds)
	if h.predicted != nil {
		h.threshold = finite(&Threshold{Value: within(r.Best), Low: max(r.Low, 0), High: r.High, Unit: "s"})
	}
	if u := s.tooOldSinceUse(); u != nil {
		return []*hypothesis{h, u}
	}
	return []*hypothesis{h}
}

// provenTooOld reports whether the ages of tokens are known.
func provenTooOld(_ *study, h *hypothesis) bool { return h.variant != sinceUse }

func saysTooOld(s *study, h *hypothesis) string {
	if h.variant == sinceUse {
		return fmt.Sprintf("The gateway refuses tokens with %s from about %s after their first use, when they expire or are too old for it.", s.majority, seconds(h.threshold.Value))
	}
	return fmt.Sprintf("The gateway refuses tokens older than about %s with %s.", seconds(h.threshold.Value), s.majority)
}

func storyTooOld(s *study, h *hypothesis) string {
	var no, yes extent
	refused := 0
	for i, r := range s.table.Refused {
		a := &s.table.Attempts[i]
		switch known := knowsIssue(a); {
		case known && r:
			no.add(a.Age.Seconds())
		case known:
			yes.add(a.Age.Seconds())
		}
		if r {
			refused++
		}
	}
	if h.variant == sinceUse {
		return verdictOn(fmt.Sprintf("a life of %s since a token's first use", seconds(h.threshold.Value)), h, s)
	}
	if no.n == 0 {
		return fmt.Sprintf("the age of none of the %d refused tokens is known", refused)
	}
	if yes.n == 0 {
		return fmt.Sprintf("refused tokens were %s old, and none was accepted", no.seconds())
	}
	text := fmt.Sprintf("refused tokens were %s old, accepted ones %s", no.seconds(), yes.seconds())
	if h.threshold == nil || math.IsNaN(h.threshold.Value) {
		return text + "; no age separates any of them"
	}
	return text + "; " + verdictOn("a limit of "+seconds(h.threshold.Value), h, s)
}

func doTooOld(_ *study, h *hypothesis) []string {
	return []string{
		fmt.Sprintf("Use tokens younger than %s: fetch one for each upgrade (-Jtoken.mode=iteration).", seconds(max(h.threshold.Low, 0))),
		"Ask the gateway's owner whether tokens are revoked, or their session ended, before they expire.",
	}
}

func refuteTooOld(_ *study, h *hypothesis) string {
	return fmt.Sprintf("An upgrade accepted with a token older than %s, or one refused with the same answer with a younger token.", seconds(h.threshold.High))
}
