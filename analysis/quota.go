package analysis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
)

// quota refuses once n upgrades have been attempted, or let through, under a key:
// since the recording began, since a window began, or in a window before each.
var quota = &cause{
	name:    "quota",
	long:    true,
	keyed:   true,
	counts:  true,
	prior:   0.12,
	weigh:   weighQuota,
	wave:    searchesFar,
	says:    saysQuota,
	story:   storyQuota,
	do:      doQuota,
	refute:  refuteQuota,
	predict: predictQuota,
	proven:  provenQuota,
	words:   []string{"quota"},
}

// What a quota counts, in the words of the texts.
const (
	countsAccepted = "accepted"
	countsAttempts = "attempted"
)

func weighQuota(s *study) []*hypothesis {
	fits := make([]*quotaFit, len(s.parts))
	inParallel(len(fits), func(i int) { fits[i] = newQuotaFit(s, s.parts[i]) })
	top := s.reached
	for _, f := range fits {
		top = max(top, f.reach())
	}
	hs := make([]*hypothesis, len(fits))
	inParallel(len(fits), func(i int) {
		fits[i].climbOn(top)
		hs[i] = fits[i].hypothesis()
	})
	return hs
}

// quotaTry is one way to count, with the best of what was tried.
type quotaTry struct {
	variant string
	share   float64 // of the prior
	logEv   float64
	result  evidence.Result
	counts  func() evidence.Range
	window  *Threshold // nil if it lasts
	kind    windowKind
	later   int // windows after one that had begun before the recording that filled up
	reading covariate.Reading
}

// windowKind is how a window lies in time.
type windowKind string

const (
	lasting   windowKind = ""
	carried   windowKind = "counted on from recording to recording"
	aligned   windowKind = "fixed windows"
	fromFirst windowKind = "windows that begin with the first upgrade"
	sliding   windowKind = "a sliding window"

	alignedBefore windowKind = "fixed windows, the first of which had begun before the recording"
	estimatedFrom windowKind = "a sliding window, estimated from fixed ones"
)

// quotaFit weighs all ways to count under a key.
type quotaFit struct {
	s        *study
	part     covariate.Partition
	lasting  []quotaTry
	windows  []*windowFit // one a kind and counting
	counters map[windowCount]*covariate.Counter
}

// newQuotaFit tries what the recording suggests. A count of a token's uses that nothing
// resets is another cause, token-overused, but for a window that may yet end.
func newQuotaFit(s *study, p covariate.Partition) *quotaFit {
	f := &quotaFit{s: s, part: p}
	switch {
	case p.Scope != "token":
		f.lasting = lastingTries(s, p)
	case !s.cameBack(p):
		f.lasting = openEndedTries(s, p)
	}
	f.probeWindows()
	return f
}

// reach is the best log likelihood, −Inf if nothing fits.
func (f *quotaFit) reach() float64 {
	best := math.Inf(-1)
	for _, t := range f.lasting {
		best = max(best, t.result.Best.LogLik)
	}
	for _, w := range f.windows {
		best = max(best, w.bestLogLik())
	}
	return best
}

// climbOn searches on where what was tried may still grow to the best of all.
func (f *quotaFit) climbOn(top float64) {
	for _, w := range f.windows {
		if w.bestLogLik() >= f.s.promising(top) {
			w.refine(f.s, w.climbOn)
			if f.s.toldOf(w.key) {
				w.climbOnLong()
			}
		}
	}
}

func (f *quotaFit) hypothesis() *hypothesis {
	tries := f.lasting
	for _, w := range f.windows {
		if t, ok := w.quotaTry(); ok {
			tries = append(tries, t)
		}
	}
	h := &hypothesis{scope: f.part.Scope, equivalent: f.part.Equivalent}
	terms := []float64{math.Inf(-1)}
	var best *quotaTry
	for i := range tries {
		t := &tries[i]
		terms = append(terms, t.logEv+math.Log(t.share/f.kept()))
		if !math.IsInf(t.logEv, -1) && (best == nil || t.result.Best.LogLik > best.result.Best.LogLik+rounding) {
			best = t
		}
	}
	h.logEvidence = floats.LogSumExp(terms)
	if best == nil {
		h.logEvidence = f.s.unfitted(func(i int) bool { return f.part.Labels[i] < 0 })
		return h
	}
	f.s.countedBy(h, best)
	h.window.spread(tries, best)
	f.counters = nil
	if wrong := h.counts.N10 + h.counts.N01; wrong < fewestMistakes || wrong >= f.s.refused {
		return h // nothing is left to explain, or counts say nothing
	}
	for _, t := range f.begunBefore() {
		h.logEvidence = floats.LogSumExp([]float64{h.logEvidence, t.logEv + math.Log(t.share/f.kept())})
		if t.result.Best.LogLik > h.logLik+rounding {
			f.s.countedBy(h, &t)
		}
	}
	if t, ok := f.s.estimated(f.part); ok {
		h.logEvidence = floats.LogSumExp([]float64{h.logEvidence, t.logEv + math.Log(t.share/f.kept())})
		if t.result.Best.LogLik > h.logLik+rounding {
			f.s.countedBy(h, &t)
		}
	}
	return h
}

// spread widens a window to those of other kinds that fit about as well with the same limit.
func (t *Threshold) spread(tries []quotaTry, best *quotaTry) {
	if t == nil {
		return
	}
	for _, o := range tries {
		if b := o.result.Best; o.window != nil && b.UpTo == best.result.Best.UpTo && b.LogLik >= best.result.Best.LogLik-evidence.Tolerance {
			t.Low, t.High = min(t.Low, o.window.Low), max(t.High, o.window.High)
		}
	}
}

// countedBy fills in the best way to count.
func (s *study) countedBy(h *hypothesis, t *quotaTry) {
	s.limit(h, t.counts(), t.result, "upgrades")
	h.variant, h.window, h.windowKind, h.later = t.variant, t.window, t.kind, t.later
	h.reading = t.reading
}

// lastingTries counts since the recording began; of several recordings since each
// began, or since the first did.
func lastingTries(s *study, p covariate.Partition) []quotaTry {
	if s.table.Axis.N() == 1 {
		return countTries(s, p.Labels, p.N, lasting, 0.4)
	}
	anew := 0.2
	if !s.cameBack(p) {
		// No window was seen to end, but each was over by the next recording.
		anew += windowsShare * evidence.LogUniform(leastWindow, mostWindow)(s.duration(), math.Inf(1))
	}
	return append(countTries(s, p.Labels, p.N, lasting, anew), countTries(s, p.Values, p.Distinct, carried, 0.2)...)
}

// windowsShare is the prior of quotas that a window ends.
const windowsShare = 0.6

// kept is the share of the ways to count that are weighed: of a token's uses those are another
// cause's that no window ends.
func (f *quotaFit) kept() float64 {
	if f.part.Scope == "token" {
		return windowsShare
	}
	return 1
}

func countTries(s *study, labels []int32, n int, kind windowKind, share float64) []quotaTry {
	var tries []quotaTry
	best := math.Inf(1)
	for _, r := range s.table.Readings() {
		if !s.tells(best) {
			break
		}
		best = math.Inf(-1)
		for variant, counts := range []func() evidence.Range{
			func() evidence.Range { return s.table.Open(labels, n, r, covariate.Never) },
			func() evidence.Range { return s.table.Attempted(labels, n, r) },
		} {
			result := s.scanCounts(counts())
			tries = append(tries, quotaTry{
				variant: []string{countsAccepted, countsAttempts}[variant],
				logEv:   result.LogEvidence, result: result, counts: counts, kind: kind,
			})
			best = max(best, result.Best.LogLik)
		}
	}
	for i := range tries {
		tries[i].share = share / float64(len(tries))
	}
	return tries
}

func saysQuota(s *study, h *hypothesis) string {
	return fmt.Sprintf("The gateway refuses every upgrade with %s after %s%s%s.", s.majority,
		plural(int(h.threshold.Value), h.variant+" upgrade"), per(h.scope), inWindow(h))
}

// inWindow returns " within 60 s (fixed windows)", "" for a quota that lasts.
func inWindow(h *hypothesis) string {
	switch {
	case h.windowKind == carried:
		return ", " + string(carried)
	case h.window == nil:
		return ""
	}
	return fmt.Sprintf(" within %s (%s)", h.within(), h.windowKind)
}

// within is the time in which a quota counts.
func (h *hypothesis) within() string {
	if h.windowKind == openEnded {
		return seconds(h.window.Value) + " or longer"
	}
	return seconds(h.window.Value)
}

func storyQuota(s *study, h *hypothesis) string {
	if h.threshold == nil {
		return fmt.Sprintf("no number of upgrades%s comes before every refusal", per(h.scope))
	}
	return verdictOn(fmt.Sprintf("a quota of %s%s%s", plural(int(h.threshold.Value), h.variant+" upgrade"), per(h.scope), inWindow(h)), h, s)
}

func doQuota(_ *study, h *hypothesis) []string {
	if h.windowKind == openEnded {
		return []string{
			fmt.Sprintf("Fetch another token after %s, or leave it alone for longer than %s.", plural(int(h.threshold.Value), "upgrade"), seconds(h.window.Value)),
			fmt.Sprintf("Ask the gateway's owner for the quota on connections%s and its window: it is %s.", per(h.scope), h.within()),
			"Keep sockets open and reuse them instead of opening new ones.",
		}
	}
	if h.window != nil {
		return []string{
			fmt.Sprintf("Stay under %.0f upgrades within %s%s: lengthen the ramp-up or add a Constant Throughput Timer.", h.threshold.Value, seconds(h.window.Value), per(h.scope)),
			fmt.Sprintf("Ask the gateway's owner for the quota on connections%s and its window.", per(h.scope)),
			"Keep sockets open and reuse them instead of opening new ones.",
		}
	}
	return []string{
		fmt.Sprintf("Ask the gateway's owner for a quota on connections%s (it shows as %.0f), its window and when it is reset.", per(h.scope), h.threshold.Value),
		"Keep sockets open and reuse them instead of opening new ones.",
	}
}

func refuteQuota(_ *study, h *hypothesis) string {
	if h.window != nil {
		return fmt.Sprintf("An upgrade accepted after %s%s within %s, or one refused before.", plural(int(h.threshold.Value), h.variant+" upgrade"), per(h.scope), seconds(h.window.Value))
	}
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
