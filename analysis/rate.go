package analysis

import (
	"fmt"
	"math"
	"slices"

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
	prior:   0.12,
	weigh:   weighRate,
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

// bursts is the prior on b − 1.
var bursts = evidence.Mix(
	evidence.Part{Weight: 0.1, Mass: evidence.Uniform(0, 1)},
	evidence.Part{Weight: 0.9, Mass: evidence.LogUniform(0.5, 100_000)},
)

func weighRate(s *study) []*hypothesis {
	var hs []*hypothesis
	for _, p := range s.parts {
		hs = append(hs, fitRate(s, p))
	}
	return hs
}

func fitRate(s *study, p covariate.Partition) *hypothesis {
	reading := s.table.Readings()[0]
	levels := s.table.Counter(p.Labels, p.N, reading, covariate.LetThrough).Bucket
	q := search{key: "rate " + p.Scope, low: leastRate, high: mostRate, scan: func(r float64) evidence.Result { return s.scanRange(levels(r), bursts) }}
	q.run(s, func() {
		for _, b := range s.rateBounds(p) {
			q.try(b.rate, b.width)
			q.try(b.rate+b.width/2, b.width)
			q.try(b.rate+b.width, b.width)
		}
		if best, ok := q.best(); ok {
			q.climb(best.x, best.step/2, best.step/2)
		}
	})
	if best, ok := q.best(); ok && s.beginning != nil {
		// A rate is the more exact the longer the recording.
		q.climb(best.x, best.step/2, best.step/2)
	}
	h := &hypothesis{scope: p.Scope, equivalent: p.Equivalent}
	best, ok := q.best()
	if !ok {
		h.logEvidence = s.unfitted(func(i int) bool { return p.Labels[i] < 0 })
		return h
	}
	h.logEvidence, h.logLik = q.logEvidence(), best.logLik()
	h.threshold = q.interval("upgrades/s")
	theta := best.result.Best.UpTo
	h.burst = &Threshold{Value: theta + 1, Low: max(best.result.Low, 0) + 1, High: best.result.High + 1, Unit: "upgrades"}
	h.predicted = thresholded(s.counted(levels(best.x)), theta, 0.5)
	h.counts = s.tally(h.predicted)
	return h
}

// rateBound is the least rate that a stretch between two refusals allows, and how
// much more it may be.
type rateBound struct{ rate, width float64 }

// mostRefusalsOfKey bounds the pairs of refusals that are looked at.
const mostRefusalsOfKey = 250

// rateBounds returns the largest rate that each length of stretch asks for.
//
// At a refusal less than a token is left, so of the A upgrades let through between
// two refusals at least A − 1 were paid by what came in meanwhile: r ≥ (A − 1)/dt.
// Where the bucket never filled up in between, r is at most 2/dt more.
func (s *study) rateBounds(p covariate.Partition) []rateBound {
	best := map[int]rateBound{} // by the octave of the length
	jitter := s.table.Jitter.Seconds()
	for _, list := range s.refusalsWithCounts(p) {
		stride := 1 + len(list)/mostRefusalsOfKey
		for i := 0; i < len(list); i += stride {
			for j := i + stride; j < len(list); j += stride {
				dt, a := list[j].at-list[i].at, list[j].through-list[i].through
				if a < 4 || dt <= 0 {
					continue
				}
				octave := int(math.Floor(math.Log2(dt)))
				if rate := (a - 1) / (dt + 2*jitter); rate > best[octave].rate {
					best[octave] = rateBound{rate, 2 / dt}
				}
			}
		}
	}
	var octaves []int
	for o := range best {
		octaves = append(octaves, o)
	}
	slices.Sort(octaves)
	var bounds []rateBound
	for _, o := range slices.Backward(octaves) {
		bounds = append(bounds, best[o])
	}
	return bounds[:min(len(bounds), mostPeaks)]
}

// passed is a refusal with how many upgrades its key had been let through before.
type passed struct{ at, through float64 }

func (s *study) refusalsWithCounts(p covariate.Partition) [][]passed {
	lists := make([][]passed, p.N)
	through := make([]float64, p.N)
	for i := range s.table.Attempts {
		l := p.Labels[i]
		switch {
		case l < 0 || s.forced != nil && s.forced[i]:
		case s.table.Refused[i]:
			lists[l] = append(lists[l], passed{s.since(s.table.Attempts[i].Answered), through[l]})
		default:
			through[l]++
		}
	}
	return lists
}

func saysRate(s *study, h *hypothesis) string {
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
		fmt.Sprintf("Open at most %s sockets a second%s: lengthen the ramp-up or add a Constant Throughput Timer.", figure(h.threshold.Low), per(h.scope)),
		"Wait before a refused upgrade is tried again, longer each time.",
		fmt.Sprintf("Ask the gateway's owner for the limit on new connections%s.", per(h.scope)),
	}
}

func refuteRate(_ *study, h *hypothesis) string {
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
