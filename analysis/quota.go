package analysis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
)

// quota refuses once n upgrades have been attempted, or accepted, under a key since
// the recording began; nothing is given back.
var quota = &cause{
	name:    "quota",
	prior:   0.12,
	weigh:   weighQuota,
	says:    saysQuota,
	story:   storyQuota,
	do:      doQuota,
	refute:  refuteQuota,
	predict: predictQuota,
	words:   []string{"quota"},
}

// What a quota counts, in the words of the texts.
const (
	countsAccepted = "accepted"
	countsAttempts = "attempted"
)

func weighQuota(s *study) []*hypothesis {
	var hs []*hypothesis
	for _, p := range s.parts {
		hs = append(hs, fitQuota(s, p))
	}
	return hs
}

// quotaTry is one way to count.
type quotaTry struct {
	variant string
	counts  evidence.Range
	result  evidence.Result
}

func fitQuota(s *study, p covariate.Partition) *hypothesis {
	tries := quotaTries(s, p)
	best, terms := 0, []float64{}
	for i, t := range tries {
		terms = append(terms, t.result.LogEvidence-math.Log(float64(len(tries))))
		if t.result.Best.LogLik > tries[best].result.Best.LogLik {
			best = i
		}
	}
	h := &hypothesis{scope: p.Scope, equivalent: p.Equivalent, logEvidence: floats.LogSumExp(terms)}
	t := tries[best]
	if math.IsInf(h.logEvidence, -1) {
		h.logEvidence = s.unfitted(func(i int) bool { return p.Labels[i] < 0 })
		return h
	}
	n := t.result.Best.UpTo
	h.variant = t.variant
	h.threshold = &Threshold{Value: n, Low: math.Floor(t.result.Low) + 1, High: t.result.High, Unit: "upgrades"}
	h.predicted = thresholded(s.counted(t.counts), n, nearLimit(n))
	h.counts = s.tally(h.predicted)
	return h
}

func quotaTries(s *study, p covariate.Partition) []quotaTry {
	var tries []quotaTry
	for _, r := range s.table.Readings() {
		accepted := s.table.Open(p.Labels, p.N, r, covariate.Never)
		attempted := s.table.Attempted(p.Labels, p.N, r)
		tries = append(tries,
			quotaTry{countsAccepted, accepted, s.scanCounts(accepted)},
			quotaTry{countsAttempts, attempted, s.scanCounts(attempted)})
	}
	return tries
}

func saysQuota(s *study, h *hypothesis) string {
	return fmt.Sprintf("The gateway refuses every upgrade with %s after %s%s.", s.majority,
		plural(int(h.threshold.Value), h.variant+" upgrade"), per(h.scope))
}

func storyQuota(s *study, h *hypothesis) string {
	if h.threshold == nil {
		return fmt.Sprintf("no number of upgrades%s comes before every refusal", per(h.scope))
	}
	return verdictOn(fmt.Sprintf("a quota of %s%s", plural(int(h.threshold.Value), h.variant+" upgrade"), per(h.scope)), h, s)
}

func doQuota(_ *study, h *hypothesis) []string {
	return []string{
		fmt.Sprintf("Ask the gateway's owner for a quota on connections%s (it shows as %.0f), its window and when it is reset.", per(h.scope), h.threshold.Value),
		"Keep sockets open and reuse them instead of opening new ones.",
	}
}

func refuteQuota(_ *study, h *hypothesis) string {
	return fmt.Sprintf("An upgrade accepted after %s%s without a pause.", plural(int(h.threshold.Value), h.variant+" upgrade"), per(h.scope))
}

func predictQuota(s *study, h *hypothesis, x *experiment) float64 {
	if x.name == freshTokens && h.scope == "token" {
		return 0
	}
	switch x.name {
	case belowLimit:
		return 0
	case churnBelow:
		return 0.6
	case closeThird:
		return 1
	}
	return s.share()
}
