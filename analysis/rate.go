package analysis

import (
	"fmt"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
)

// rateLimit refuses while the token bucket of a key is empty: it holds b tokens, r
// come in a second, and every upgrade let through takes one.
//
// With the upgrades let through as they were observed, the level of a bucket is a
// matter of r alone, and b is a threshold on it: errors do not add up, and only r
// has to be searched.
var rateLimit = &cause{
	name:    "rate-limit",
	keyed:   true,
	counts:  true,
	prior:   0.12,
	weigh:   weighRate,
	wave:    searchesFar,
	says:    saysRate,
	story:   storyRate,
	do:      doRate,
	refute:  refuteRate,
	predict: predictRate,
	words:   []string{"rate limit", "rate_limit", "ratelimit", "too many requests", "slow down", "throttl", "rate exceeded", "local_rate_limited"},
}

// The range of rates, per second, and so of their log-uniform prior.
const (
	leastRate = 0.005
	mostRate  = 5000
)

// bursts is the prior on a threshold on the level, which is over b − 1 and at most a
// unit more: mostly, b is a whole number.
var bursts = evidence.Mix(
	evidence.Part{Weight: 0.7, Mass: func(after, upTo float64) float64 {
		return wholeBursts(after+1-covariate.BucketUnit, upTo+1-covariate.BucketUnit)
	}},
	evidence.Part{Weight: 0.05, Mass: evidence.Uniform(0, 1)},
	evidence.Part{Weight: 0.25, Mass: evidence.LogUniform(0.5, mostBurst)},
)

const mostBurst = 100_000

var wholeBursts = evidence.Counts(mostBurst)

func weighRate(s *study) []*hypothesis {
	fits := make([]*rateFit, len(s.parts))
	inParallel(len(fits), func(i int) { fits[i] = fitRate(s, s.parts[i]) })
	top := s.reached
	for _, f := range fits {
		top = max(top, f.bestLogLik())
	}
	hs := make([]*hypothesis, len(fits))
	inParallel(len(fits), func(i int) {
		if f := fits[i]; f.bestLogLik() >= s.promising(top) && s.tells(f.bestLogLik()) {
			f.climbOn()
		}
		hs[i] = fits[i].hypothesis()
		fits[i].rest()
	})
	return hs
}

func saysRate(s *study, h *hypothesis) string {
	if h.ofOne() {
		return fmt.Sprintf("The gateway lets one upgrade through every %s%s (%s a second) and refuses the rest with %s.",
			seconds(1/h.threshold.Value), per(h.scope), figure(h.threshold.Value), s.majority)
	}
	return fmt.Sprintf("The gateway lets %s upgrades a second through%s, after a burst of %.0f, and refuses the rest with %s.",
		figure(h.threshold.Value), per(h.scope), h.burst.Value, s.majority)
}

func storyRate(s *study, h *hypothesis) string {
	if h.threshold == nil {
		return fmt.Sprintf("no rate%s fits between two refusals", per(h.scope))
	}
	return verdictOn(fmt.Sprintf("a limit of %s upgrades a second%s with bursts of %.0f", figure(h.threshold.Value), per(h.scope), h.burst.Value), h, s)
}

func doRate(_ *study, h *hypothesis) []string {
	return []string{
		fmt.Sprintf("Open at most %s%s: lengthen the ramp-up or add a Constant Throughput Timer.", pace(h.threshold.Low), per(h.scope)),
		"Wait before a refused upgrade is tried again, longer each time.",
		fmt.Sprintf("Ask the gateway's owner for the limit on new connections%s.", per(h.scope)),
	}
}

// pace is a number of sockets in a time of which people think.
func pace(rate float64) string {
	if rate < 1 {
		return "one socket every " + seconds(1/rate)
	}
	return figure(rate) + " sockets a second"
}

func refuteRate(_ *study, h *hypothesis) string {
	if h.ofOne() {
		return fmt.Sprintf("A refusal with the same answer later than %s after an upgrade was let through%s, or two let through within less.", seconds(1/h.threshold.Value), per(h.scope))
	}
	return fmt.Sprintf("A refusal with the same answer while upgrades come more slowly than %s a second, or a burst of more than %.0f let through.", figure(h.threshold.Value), h.burst.High)
}

func predictRate(s *study, h *hypothesis, x *experiment) float64 {
	if x.name == freshTokens && h.scope == "token" {
		return 0
	}
	switch x.name {
	case belowLimit:
		return 0.02
	case slowRamp:
		return s.share() / slower / 2
	}
	return s.share()
}

// figure writes a quantity with three digits.
func figure(v float64) string { return fmt.Sprintf("%.3g", v) }
