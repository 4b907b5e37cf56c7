package analysis

import (
	"fmt"
	"math"
	"strings"
	"time"

	"gonum.org/v1/gonum/floats"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
	"why403/capture"
)

// concurrencyCap refuses while open(k) ≥ n; a closed socket may count for some
// time longer, its linger.
var concurrencyCap = &cause{
	name:    "concurrency-cap",
	keyed:   true,
	prior:   0.25,
	weigh:   weighCap,
	wave:    searchesLingers,
	says:    saysCap,
	story:   storyCap,
	do:      doCap,
	refute:  refuteCap,
	predict: predictCap,
	proven:  provenCap,
	words: []string{"too many connections", "too many concurrent", "concurrent connection", "connection limit",
		"max connections", "maximum connections", "maximum number of connections", "too many websockets"},
}

// mostSockets bounds the limits that are considered.
const mostSockets = 1_000_000

func weighCap(s *study) []*hypothesis {
	hs := make([]*hypothesis, len(s.parts))
	inParallel(len(hs), func(i int) { hs[i] = newCapFit(s, s.parts[i]).hypothesis() })
	return hs
}

// capFit fits a limit under one key: under each reading without a linger, then with
// one under the better reading.
type capFit struct {
	s       *study
	part    covariate.Partition
	plain   []capTry
	best    int // in plain, by the best likelihood
	lingers search
}

type capTry struct {
	reading covariate.Reading
	result  evidence.Result
}

func newCapFit(s *study, p covariate.Partition) *capFit {
	f := &capFit{s: s, part: p}
	for _, r := range s.table.Readings() {
		if len(f.plain) > 0 && !s.tells(f.plain[0].result.Best.LogLik) {
			break
		}
		f.plain = append(f.plain, capTry{r, f.scan(r, 0)})
		if k := len(f.plain) - 1; f.plain[k].result.Best.LogLik > f.plain[f.best].result.Best.LogLik+rounding {
			f.best = k
		}
	}
	f.lingers = search{key: "linger " + p.Scope, of: "linger " + p.Scope, low: leastLinger, high: mostLinger, scan: func(x float64) evidence.Result {
		return f.scan(f.plain[f.best].reading, toDuration(x))
	}}
	if !math.IsInf(f.plain[f.best].result.LogEvidence, -1) {
		f.lingers.run(s, f.fitLinger)
	}
	return f
}

func (f *capFit) scan(r covariate.Reading, linger time.Duration) evidence.Result {
	return f.s.scanCounts(f.s.table.Open(f.part.Labels, f.part.N, r, linger))
}

// hypothesis is of the best limit; a linger is part of it only where it is clearly better than none.
func (f *capFit) hypothesis() *hypothesis {
	h := &hypothesis{scope: f.part.Scope, equivalent: f.part.Equivalent}
	best, linger := f.plain[f.best].result, time.Duration(0)
	if t, ok := f.lingers.best(); ok && t.logLik() > best.Best.LogLik+evidence.Tolerance {
		best, linger = t.result, toDuration(t.x)
		h.linger = f.lingers.interval("s")
	}
	if math.IsInf(best.LogEvidence, -1) {
		h.logEvidence = f.s.unfitted(func(i int) bool { return f.part.Labels[i] < 0 })
		return h
	}
	h.logEvidence, h.reading = f.logEvidence(), f.plain[f.best].reading
	open := f.s.table.Open(f.part.Labels, f.part.N, f.plain[f.best].reading, linger)
	f.s.limit(h, open, best, "open sockets")
	if h.counts.N10+h.counts.N01 >= fewestMistakes && h.counts.N11 >= fewestRefusals {
		f.letDrift(h)
	}
	if h.drift == nil {
		h.threshold.High += float64(f.s.openBefore())
	}
	if f.part.Scope == "global" {
		f.s.servers = f.servers(h)
	}
	return h
}

// openBefore is how many sockets may have been open before the recording began, and been counted
// by the gateway as long as they were.
func (s *study) openBefore() int { return s.lost(capture.LostLate) }

// limit fills in a limit on counts from its scan.
func (s *study) limit(h *hypothesis, r evidence.Range, best evidence.Result, unit string) {
	n := best.Best.UpTo
	h.logLik = best.Best.LogLik
	h.threshold = &Threshold{Value: n, Low: math.Floor(best.Low) + 1, High: best.High, Unit: unit}
	h.predicted = s.predictCounts(r, n, nearLimit(n))
	h.counts = s.tally(h.predicted)
}

// nearLimit is how far from a limit the count may be off without that being a sign
// of another mechanism: a limit is often checked and counted at different moments.
func nearLimit(n float64) float64 {
	if n < 20 {
		return 0
	}
	return 2 + n/100
}

// logEvidence sums up what was tried: readings alike, half of the prior on a
// linger of zero, the rest log-uniform.
func (f *capFit) logEvidence() float64 {
	terms := []float64{math.Log(0.5) + f.lingers.logEvidence()}
	for _, t := range f.plain {
		terms = append(terms, t.result.LogEvidence+math.Log(0.5/float64(len(f.plain))))
	}
	return floats.LogSumExp(terms)
}

func saysCap(s *study, h *hypothesis) string {
	if h.drift != nil {
		return saysDrift(s, h)
	}
	with := ""
	if h.linger != nil {
		with = fmt.Sprintf(", counts a closed one for another %s,", seconds(h.linger.Value))
	}
	if h.reading.AtOnce {
		with += fmt.Sprintf(", lets further upgrades wait %s for a place,", seconds(s.table.RefusedWait.Seconds()))
	}
	return fmt.Sprintf("The gateway holds at most %s%s%s and refuses the rest with %s.",
		plural(int(h.threshold.Value), "open socket"), per(h.scope), strings.ReplaceAll(with, ",,", ","), s.majority)
}

func storyCap(s *study, h *hypothesis) string {
	p := s.partition(h.scope)
	open := s.table.OpenUsually(p.Labels, p.N)
	var no, yes extent
	for i, refused := range s.table.Refused {
		if p.Labels[i] < 0 {
			continue
		}
		if refused {
			no.add(float64(open[i]))
		} else {
			yes.add(float64(open[i]))
		}
	}
	text := fmt.Sprintf("open sockets%s were %s at refusals and %s at acceptances", per(h.scope), no, yes)
	if h.threshold == nil {
		return text + "; no limit on them would have refused any refused attempt"
	}
	if h.drift != nil {
		return text + "; " + verdictOn("a limit that "+h.drift.goes(s), h, s)
	}
	return text + "; " + verdictOn(fmt.Sprintf("a limit of %.0f", h.threshold.Value), h, s)
}

func doCap(s *study, h *hypothesis) []string {
	if h.drift != nil && h.drift.way != frees {
		return doDrift(h)
	}
	n := h.threshold.Value
	who := map[string]string{
		"global": "the gateway's owner", "token": "the gateway's owner",
	}[h.scope]
	if who == "" {
		who = "the gateway's owner"
	}
	first := fmt.Sprintf("Ask %s for the limit on concurrent WebSocket connections%s (it shows as %.0f) and have it raised, or plan the load below it.", who, per(h.scope), n)
	steps := []string{first}
	switch h.scope {
	case "token":
		steps = append(steps, "Spread the sockets over more tokens: one for each virtual user (-Jtoken.mode=thread).")
	case "client", "subject", "organisation":
		steps = append(steps, fmt.Sprintf("Spread the sockets over more than one %s.", h.scope))
	case "source":
		steps = append(steps, "Spread the load over more source addresses.")
	}
	if h.linger != nil {
		steps = append(steps, fmt.Sprintf("Wait %s after closing a socket before opening the next: until then the closed one still counts.", seconds(h.linger.Value)))
	}
	return append(steps, "Check that the load closes every socket that it no longer needs.")
}

func refuteCap(s *study, h *hypothesis) string {
	if h.drift != nil {
		return "An upgrade accepted with more sockets open than the limit had come to, or one refused with fewer."
	}
	n := h.threshold.Value
	return fmt.Sprintf("An upgrade accepted while %.0f sockets or more are open%s, or one refused with the same answer while fewer than %.0f are.", n, per(h.scope), n)
}

func predictCap(s *study, h *hypothesis, x *experiment) float64 {
	if h.threshold == nil {
		return s.share()
	}
	switch x.name {
	case freshTokens:
		if h.scope == "token" {
			return 0
		}
	case belowLimit, churnBelow, closeThird:
		return 0
	case slowRamp:
		return s.share()
	}
	return s.share()
}
