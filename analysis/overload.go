package analysis

import (
	"fmt"
	"math"
	"time"

	"gonum.org/v1/gonum/floats"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
	"why403/capture"
)

// overload refuses the more often the more there is to do: what checks a token, or
// the gateway itself, does not keep up, and gives up on some.
//
// Its likelihood is a curve: floor + (ceiling − floor) · logistic(slope · ln(x/middle))
// over what was pending, the rate or the open sockets at the request.
var overload = &cause{
	name:    "overload",
	prior:   0.05,
	weigh:   weighOverload,
	says:    saysOverload,
	story:   storyOverload,
	do:      doOverload,
	refute:  refuteOverload,
	predict: predictOverload,
	proven:  provenOverload,
	words: []string{"overload", "timeout", "timed out", "deadline", "upstream request timeout", "temporarily", "try again later", "jwks",
		"server busy", "overflow", "no healthy upstream"},
}

// The curve's parameters, alike in the prior; the middle is one of the bins.
var (
	slopes   = []float64{1.5, 3, 6, 12}
	ceilings = []float64{0.25, 0.5, 0.8, 0.97}
	floors   = []float64{0.0005, 0.01, 0.05}
)

const (
	loadBins   = 24
	leastInBin = 8
)

// strain is a measure of how much there is to do, by attempt.
type strain struct {
	name   string
	share  float64 // of the prior
	values func() []float64
}

// strains returns the measures at the moment of each request.
func (s *study) strains() []strain {
	return []strain{
		{"upgrades waiting for an answer", 0.3, s.table.Pending},
		{"upgrades within a second", 0.2, func() []float64 { return s.rates(time.Second) }},
		{"upgrades within 5 s", 0.2, func() []float64 { return s.rates(5 * time.Second) }},
		{"the time that answers take", 0.25, s.table.RecentWaits},
		{"open sockets", 0.05, func() []float64 { return floats64(s.table.OpenAtRequest()) }},
	}
}

func floats64(v []int32) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = float64(x)
	}
	return out
}

// rates counts the requests within a window before each.
func (s *study) rates(window time.Duration) []float64 {
	all := make([]int32, len(s.table.Attempts))
	counts := s.table.Counter(all, 1, covariate.Reading{ByRequest: true}, covariate.AllAttempts).Trailing(window)
	defer s.table.Recycle(counts)
	return floats64(counts.Mid)
}

// provenOverload reports whether refusals are slow, and no rule foretells nearly every one.
// Of a queue that is full it is the acceptances that are.
func provenOverload(s *study, h *hypothesis) bool {
	if h.variant == queueFull {
		return true
	}
	return s.slowRefusals() && (!h.soft || !s.ruled)
}

func weighOverload(s *study) []*hypothesis {
	hs := []*hypothesis{s.curvedOverload()}
	if full := s.fullQueue(); full != nil {
		hs = append(hs, full)
	}
	return hs
}

// curvedOverload weighs refusals whose share rises with a strain.
func (s *study) curvedOverload() *hypothesis {
	h := &hypothesis{scope: "global", soft: true, logLik: math.Inf(-1)}
	var terms []float64
	all := s.strains()
	for _, x := range all {
		bins, labels := s.binLoad(x.values())
		if len(bins) < 2 {
			continue
		}
		logEv, best, middle := bins.curve()
		terms = append(terms, logEv+math.Log(x.share))
		if best > h.logLik {
			h.logLik, h.variant = best, x.name
			h.classes = &context{x.name, labels, len(bins)}
			h.threshold = &Threshold{Value: middle, Low: middle, High: middle, Unit: x.name}
		}
	}
	if len(terms) == 0 {
		h.logEvidence = s.impossible()
		return h
	}
	h.logEvidence = floats.LogSumExp(terms) + s.slownessOdds()
	h.predicted = make(prediction, len(s.table.Attempts)) // either, of every one
	h.counts = s.tally(h.predicted)
	return h
}

// loadBin is the attempts with about one strain.
type loadBin struct{ x, accepted, refused float64 }

type loadCurve []loadBin

// binLoad divides the attempts into equally filled bins, and says which is whose. Where the
// load is highest they get smaller and smaller: what gives up now and then only, does so
// there.
func (s *study) binLoad(values []float64) (loadCurve, []int32) {
	labels := make([]int32, len(values))
	order := evidence.Order(values)
	size := max(1, (len(order)+loadBins-1)/loadBins)
	var bins loadCurve
	for from := 0; from < len(order); {
		until := min(from+min(size, max((len(order)-from)/2, leastInBin)), len(order))
		for until < len(order) && values[order[until]] == values[order[until-1]] {
			until++
		}
		var b loadBin
		for _, i := range order[from:until] {
			labels[i] = int32(len(bins))
			b.x += math.Log1p(values[i]) / float64(until-from)
			if s.table.Refused[i] {
				b.refused += s.weights[i]
			} else {
				b.accepted += s.weights[i]
			}
		}
		bins = append(bins, b)
		from = until
	}
	return bins, labels
}

// curve sums the evidence over the curves that rise; those that hardly do within
// what was seen are another cause, random.
func (c loadCurve) curve() (logEvidence, best, middle float64) {
	var terms []float64
	best = math.Inf(-1)
	for _, m := range c {
		for _, slope := range slopes {
			for _, ceiling := range ceilings {
				for _, floor := range floors {
					l := c.logLik(m.x, slope, ceiling, floor)
					terms = append(terms, l)
					if l > best {
						best, middle = l, math.Expm1(m.x)
					}
				}
			}
		}
	}
	return floats.LogSumExp(terms) - math.Log(float64(len(terms))), best, middle
}

func (c loadCurve) logLik(middle, slope, ceiling, floor float64) float64 {
	var sum float64
	for _, b := range c {
		p := floor + (ceiling-floor)/(1+math.Exp(-slope*(b.x-middle)))
		sum += b.refused*math.Log(p) + b.accepted*math.Log(1-p)
	}
	return sum
}

// slownessOdds is what the time that refusals take adds to the log odds: overload
// refuses after a wait, mostly a timeout; whoever decides by what he knows does so
// as fast as he accepts.
func (s *study) slownessOdds() float64 {
	slow, usual := s.table.RefusedWait, max(s.table.Usual, 5*time.Millisecond)
	switch {
	case s.waitedInVain():
		return 0
	case s.table.TimesOut:
		return 6
	case s.slowRefusals():
		return 3
	case slow < 3*usual/2 || slow < 20*time.Millisecond:
		return -6
	}
	return 0
}

// waitedInVain reports whether most refusals are silence: then how long they took tells how
// patient the client or the recorder is, and nothing of the gateway.
func (s *study) waitedInVain() bool {
	silent := 0
	for i, refused := range s.table.Refused {
		if o := s.table.Attempts[i].Upgrade.Outcome; refused && (o == capture.ClientGone || o == capture.TimedOut) {
			silent++
		}
	}
	return 2*silent > s.refused
}

// slowRefusals reports whether refusals take much longer than acceptances, or as long
// as a timeout.
func (s *study) slowRefusals() bool {
	slow := s.table.RefusedWait
	return s.table.TimesOut || slow > 100*time.Millisecond+s.table.Usual && slow > 2*s.table.Usual
}

func saysOverload(s *study, h *hypothesis) string {
	if !h.soft {
		return saysQueue(s, h)
	}
	return fmt.Sprintf("The gateway, or what checks tokens for it, does not keep up and refuses with %s the more, the more there are of %s.", s.majority, h.variant)
}

func storyOverload(s *study, h *hypothesis) string {
	if !h.soft {
		return storyQueue(s, h)
	}
	return fmt.Sprintf("the share of refusals follows %s best; refusals took %s, acceptances %s (medians)", h.variant,
		seconds(s.table.RefusedWait.Seconds()), seconds(s.table.Usual.Seconds()))
}

func doOverload(s *study, _ *hypothesis) []string {
	return []string{
		"Look at the latency and the errors of what the gateway asks to check a token (introspection, JWKS, external authorisation) while it refuses.",
		"Spread the ramp-up over a longer time, and let refused upgrades wait longer each time before they are tried again.",
		fmt.Sprintf("Ask for the time after which the gateway gives up: refusals took %s.", seconds(s.table.RefusedWait.Seconds())),
	}
}

func refuteOverload(*study, *hypothesis) string {
	return "Refusals at the same rate at a tenth of the load, or as fast as acceptances with nothing pending."
}

func predictOverload(s *study, _ *hypothesis, x *experiment) float64 {
	switch x.name {
	case belowLimit:
		return 0.05
	case slowRamp:
		return s.share() / slower
	}
	return s.share()
}
