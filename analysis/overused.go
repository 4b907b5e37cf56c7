package analysis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
)

// tokenOverused refuses a token once it has been used for n upgrades.
var tokenOverused = &cause{
	name:    "token-overused",
	prior:   0.09,
	weigh:   weighOverused,
	says:    saysOverused,
	story:   storyOverused,
	do:      doOverused,
	refute:  refuteOverused,
	predict: predictOverused,
	words:   []string{"already used", "token reuse", "token has been used", "replay", "single use", "single-use", "one-time"},
}

// leftAlone reports whether tokens are good for one upgrade, or one that was left alone was
// refused all the same: else a limit on its uses within a time does. Of two tokens the slower
// counts. Where tokens are all there is to it, such a limit is weighed beside.
func (s *study) leftAlone(h *hypothesis) bool {
	if h.cause != tokenOverused || h.threshold == nil || h.threshold.Value <= 1 {
		return true
	}
	shortest, took := s.usesWithin(s.partition("token"), int(h.threshold.Value), everyAttempt)
	return shortest >= rested*took[len(took)/2]
}

// uses is the prior on how often a token may be used: tokens that are good for one upgrade
// are a kind of their own, and few are good for some other number however long that takes.
var uses = evidence.Mix(
	evidence.Part{Weight: 6. / 7, Mass: evidence.Spike(1)},
	evidence.Part{Weight: 1. / 7, Mass: evidence.Counts(mostSockets)},
)

func weighOverused(s *study) []*hypothesis {
	p := s.partition("token")
	h := &hypothesis{scope: "token"}
	if p.N == 0 {
		h.logEvidence = s.all(func(int) bool { return true }).Log()
		return []*hypothesis{h}
	}
	reading := s.table.Readings()[0]
	ways := []func() evidence.Range{
		func() evidence.Range { return s.table.Open(p.Values, p.Distinct, reading, covariate.Never) },
		func() evidence.Range { return s.table.Attempted(p.Values, p.Distinct, reading) },
	}
	var terms []float64
	var best evidence.Result
	at := -1
	for i, way := range ways {
		result := s.scanRange(s.usesOfTokens(way()), uses)
		terms = append(terms, result.LogEvidence-math.Ln2)
		if !math.IsInf(result.LogEvidence, -1) && (at < 0 || result.Best.LogLik > best.Best.LogLik+rounding) {
			best, at = result, i
		}
	}
	if at < 0 {
		h.logEvidence = s.unfitted(func(i int) bool { return p.Labels[i] < 0 })
		return []*hypothesis{h}
	}
	h.logEvidence = floats.LogSumExp(terms)
	h.variant = []string{countsAccepted, countsAttempts}[at]
	s.limit(h, s.usesOfTokens(ways[at]()), best, "upgrades")
	return []*hypothesis{h}
}

// usesOfTokens leaves out what was sent in place of a token: the literal "${access_token}"
// is refused each time, and not for having been used.
func (s *study) usesOfTokens(uses evidence.Range) evidence.Range {
	for i := range uses.Mid {
		if s.table.Tokenless(i) {
			uses.Lo[i], uses.Mid[i], uses.Hi[i] = 0, 0, 0
		}
	}
	return uses
}

func saysOverused(s *study, h *hypothesis) string {
	return fmt.Sprintf("The gateway takes a token for %s and then refuses it with %s.", plural(int(h.threshold.Value), h.variant+" upgrade"), s.majority)
}

func storyOverused(s *study, h *hypothesis) string {
	if h.threshold == nil {
		return "no number of uses comes before every refusal of a token"
	}
	return verdictOn(fmt.Sprintf("a limit of %s per token", plural(int(h.threshold.Value), h.variant+" upgrade")), h, s)
}

func doOverused(_ *study, h *hypothesis) []string {
	return []string{
		fmt.Sprintf("Fetch a new token after %s: for each upgrade (-Jtoken.mode=iteration), or count uses in the plan.", plural(int(h.threshold.Value), "upgrade")),
		"Ask the gateway's owner whether tokens are meant to be used once, or a few times.",
	}
}

func refuteOverused(_ *study, h *hypothesis) string {
	return fmt.Sprintf("A token accepted more than %s, or one refused with the same answer before.", times(int(h.threshold.Value)))
}

// times writes how often: "once", "3 times".
func times(n int) string {
	if n == 1 {
		return "once"
	}
	return plural(n, "time")
}

func predictOverused(s *study, _ *hypothesis, x *experiment) float64 {
	switch x.name {
	case freshTokens:
		return 0
	case belowLimit:
		return 0.1
	case closeThird:
		return 1
	case churnBelow:
		return 0.6
	}
	return s.share()
}
