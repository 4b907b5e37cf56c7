package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
	"why403/capture"
)

// outage refuses everything in a stretch of time or a few, or from some moment on.
var outage = &cause{
	name:    "outage",
	long:    true,
	prior:   0.10,
	weigh:   weighOutage,
	says:    saysOutage,
	story:   storyOutage,
	do:      doOutage,
	refute:  refuteOutage,
	predict: predictOutage,
	proven:  provenOutage,
	words:   []string{"maintenance", "unavailable"},
}

// lasts is the prior probability that an outage lasts until the recording ends. It
// is low since every ramp into a limit looks so.
const lasts = 0.05

const untilEnd = "until the end"

func weighOutage(s *study) []*hypothesis {
	total := s.recorded
	by := s.decidedBy()
	jitter := s.table.Blur(by).Seconds()
	of := func(i int) (float64, float64, float64) {
		at := s.elapsed(s.table.Attempts[i].Decided(by))
		return at - jitter, at, at + jitter
	}
	h, r := s.scanned(of, evidence.Uniform(-jitter, total+jitter), nearSeconds)
	if h.predicted == nil {
		return []*hypothesis{h}
	}
	hs := append([]*hypothesis{h}, s.keyedOutages()...)
	if several := s.outages(s.spells()); several != nil {
		hs = append(hs, several)
	}
	h.variant = untilEnd
	h.threshold = finite(&Threshold{Value: max(0, within(r.Best)), Low: max(0, r.Low), High: r.High, Unit: "s"})
	w := newStretch(s)
	if ends, ok := w.fit(); ok {
		if ends.logLik > r.Best.LogLik {
			h.logLik = ends.logLik
			h.variant = "until " + s.endOfOutage(ends)
			h.threshold = &Threshold{Value: ends.from, Low: ends.fromAfter, High: ends.from, Unit: "s"}
			h.predicted = ends.predicted
			h.counts = s.tally(h.predicted)
		}
		h.logEvidence = floats.LogSumExp([]float64{
			h.logEvidence + math.Log(lasts), ends.logEvidence + math.Log(1-lasts)})
	} else {
		h.logEvidence += math.Log(lasts)
	}
	return hs
}

// stretch searches for the one interval of time that holds the refusals, of all attempts
// or of some.
type stretch struct {
	s          *study
	of         []int     // the attempts, in the order of their decisions
	at         []float64 // when these were, seconds recorded before them
	begins     []bool    // whether a stretch of the recording but the first begins with it
	refusedSum []float64 // running weights: of the first i attempts
	acceptSum  []float64
	forced     [2]float64 // weights of what another mechanism refuses
	others     [2]float64 // weights of the attempts that it is not of
}

// decidedBy is the reading that times decisions: refusals that are slow are answered when
// what refused them may be over.
func (s *study) decidedBy() covariate.Reading { return s.table.Readings()[0] }

type stretchFit struct {
	logLik, logEvidence    float64
	fromAfter, from, until float64 // seconds recorded; the first refused is at from
	untilNext              bool    // it ends between two recordings
	predicted              prediction
}

func newStretch(s *study) *stretch {
	all := make([]int, len(s.table.Attempts))
	for i := range all {
		all[i] = i
	}
	return newStretchOf(s, all)
}

func newStretchOf(s *study, of []int) *stretch {
	n, by := len(of), s.decidedBy()
	if by.ByRequest {
		slices.SortStableFunc(of, func(a, b int) int {
			return cmp.Compare(s.table.Attempts[a].Sent, s.table.Attempts[b].Sent)
		})
	}
	w := &stretch{s: s, of: of, at: make([]float64, n), begins: make([]bool, n), refusedSum: make([]float64, n+1), acceptSum: make([]float64, n+1)}
	for k, i := range of {
		refused := s.table.Refused[i]
		w.at[k] = s.elapsed(s.table.Attempts[i].Decided(by))
		w.begins[k] = k > 0 && s.table.Stretch(i) != s.table.Stretch(of[k-1])
		w.refusedSum[k+1], w.acceptSum[k+1] = w.refusedSum[k], w.acceptSum[k]
		if s.forced != nil && s.forced[i] {
			w.forced[outcomeOf(refused)] += s.weights[i]
		} else if refused {
			w.refusedSum[k+1] += s.weights[i]
		} else {
			w.acceptSum[k+1] += s.weights[i]
		}
	}
	return w
}

// densest returns the half-open range of attempts with the largest surplus of
// refusals over acceptances (Kadane's algorithm).
func (w *stretch) densest() (from, until int) {
	var best, sum float64
	start := 0
	for i := range w.at {
		gain := (w.refusedSum[i+1] - w.refusedSum[i]) - (w.acceptSum[i+1] - w.acceptSum[i])
		if sum+gain <= 0 {
			sum, start = 0, i+1
			continue
		}
		if sum += gain; sum > best {
			best, from, until = sum, start, i+1
		}
	}
	return from, until
}

// reach is how many attempts either side of the densest stretch its ends are tried;
// attempts that weigh less leave more room.
func (w *stretch) reach() int {
	n := len(w.at)
	return min(int(8*float64(n)/max(1, w.refusedSum[n]+w.acceptSum[n])), 64)
}

// fit sums the evidence of the intervals about the densest one that end within the
// recording.
func (w *stretch) fit() (stretchFit, bool) {
	from, until := w.densest()
	reach := w.reach()
	n := len(w.at)
	best := stretchFit{logLik: math.Inf(-1)}
	var bestFrom, bestUntil int
	var terms []float64
	for a := max(0, from-reach); a <= min(from+reach, n-1); a++ {
		for b := max(a+1, until-reach); b <= min(until+reach, n-1); b++ {
			mass := w.mass(a, w.gap(a)/w.s.recorded) * w.mass(b, w.within(b, a))
			t := w.table(a, b)
			if t.NoRefused <= w.forced[1]+1e-7 || t.YesAccepted <= 0 || mass <= 0 {
				continue
			}
			l := t.Log()
			terms = append(terms, l+math.Log(mass))
			if l > best.logLik {
				best.logLik, bestFrom, bestUntil = l, a, b
			}
		}
	}
	if len(terms) == 0 {
		return best, false
	}
	best.logEvidence = floats.LogSumExp(terms)
	best.from, best.until, best.untilNext = w.at[bestFrom], w.at[bestUntil], w.begins[bestUntil]
	best.fromAfter = best.from - w.gap(bestFrom)
	best.predicted = w.predict(bestFrom, bestUntil)
	return best, true
}

// mass is the prior mass of an edge before an attempt: even over all that was
// recorded, and in each gap between recordings as much as after the last.
func (w *stretch) mass(i int, even float64) float64 {
	mass := even * (1 - min(lasts*float64(w.s.table.Axis.N()-1), 0.5))
	if w.begins[i] {
		mass += min(lasts, 0.5/float64(w.s.table.Axis.N()-1))
	}
	return mass
}

// gap is the time before an attempt in which an edge would have changed nothing.
func (w *stretch) gap(i int) float64 {
	if i == 0 {
		return max(w.at[0], 0)
	}
	return w.at[i] - w.at[i-1]
}

// within is the share of what was recorded from an attempt on that lies in the gap before another.
func (w *stretch) within(i, from int) float64 {
	gap := w.gap(i)
	if gap <= 0 {
		return 0 // also where nothing was recorded after the first
	}
	return gap / max(w.s.recorded-w.at[from], gap)
}

func (w *stretch) table(from, until int) evidence.Table {
	var t evidence.Table
	n := len(w.at)
	t.NoRefused = w.refusedSum[until] - w.refusedSum[from]
	t.NoAccepted = w.acceptSum[until] - w.acceptSum[from]
	t.YesRefused = max(0, w.refusedSum[n]-t.NoRefused) + w.others[1]
	t.YesAccepted = max(0, w.acceptSum[n]-t.NoAccepted) + w.others[0]
	t.NoRefused += w.forced[1]
	t.NoAccepted += w.forced[0]
	return t
}

// predict is the prediction of a stretch up to an attempt, or, if there is none, to the end.
func (w *stretch) predict(from, until int) prediction {
	p := make(prediction, len(w.s.table.Attempts))
	for i := range p {
		p[i] = toAccept
	}
	for k, at := range w.at {
		near := math.Abs(at-w.at[from]) < nearSeconds || until < len(w.at) && math.Abs(at-w.at[until]) < nearSeconds
		p[w.of[k]] = foretell(from <= k && k < until).remark(isNear, near)
	}
	return p
}

// markNear marks what lies near an edge.
func (w *stretch) markNear(p prediction, edge int) {
	for k := edge; k < len(w.at) && w.at[k]-w.at[edge] < nearSeconds; k++ {
		p[w.of[k]] |= isNear
	}
	for k := edge - 1; k >= 0 && w.at[edge]-w.at[k] < nearSeconds; k-- {
		p[w.of[k]] |= isNear
	}
}

// endOfOutage says when an outage ends.
func (s *study) endOfOutage(fit stretchFit) string {
	if fit.untilNext {
		return "the end of that recording"
	}
	return seconds(fit.until)
}

// gapless says of a time that gaps between recordings are not counted.
func (s *study) gapless() string {
	if s.table.Axis.N() == 1 {
		return ""
	}
	return " of the first recording, gaps left out,"
}

// fewestAsHigh is how many upgrades must have been let through under as much load as
// there was when an outage began.
const fewestAsHigh = 3

// provenOutage reports whether as many sockets were open, and as many upgrades came in
// a few seconds, when others were let through. A stretch that begins at the height of
// the load may be of any limit; of several at least every other must not.
func provenOutage(s *study, h *hypothesis) bool {
	if h.predicted == nil {
		return false
	}
	of, open, rate := s.loadUnder(h)
	begun, below, least := 0, 0, 1
	for _, k := range h.begins(of) {
		begun++
		switch {
		case !s.seenBefore(of[:k]):
			least = fewestBesideCarried
		case s.belowHeight(of[k], s.comparable(h, of, k), open, rate):
			below++
		}
	}
	return below >= least && 2*below >= begun
}

// fewestBesideCarried is how many outages must begin below the height of the load where the
// recording begins amid refusals: these may be of a limit that had filled up before, and then one stretch
// more is of the same limit, whatever its length.
const fewestBesideCarried = 2

// seenBefore reports whether enough was let through before an outage that it was seen to begin: whatever
// a limit had counted before the recording began looks like one that was not.
func (s *study) seenBefore(before []int) bool {
	through := 0
	for _, i := range before {
		if !s.table.Refused[i] {
			through++
		}
	}
	return through >= fewestRefusals
}

// begins returns where outages begin among the attempts that they are of.
func (h *hypothesis) begins(of []int) []int {
	var list []int
	for k, i := range of {
		if h.predicted[i].refuses() && (k == 0 || !h.predicted[of[k-1]].refuses()) {
			list = append(list, k)
		}
	}
	return list
}

// comparable returns the attempts that tell whether the load was to blame for an outage that
// begins at k: those before it, and those after it once as much time has passed as it lasted.
// Who decides by a copy of a count that was taken at the height of the load refuses until the
// next is taken, and lets everything through until the one after that.
func (s *study) comparable(h *hypothesis, of []int, k int) []int {
	end := k
	for end < len(of) && h.predicted[of[end]].refuses() {
		end++
	}
	if end == len(of) {
		return of[:k]
	}
	by := s.decidedBy()
	when := func(k int) capture.Instant { return s.table.Attempts[of[k]].Decided(by) }
	again := when(end).Add(when(end).Sub(when(k)))
	for end < len(of) && when(end) < again {
		end++
	}
	return slices.Concat(of[:k], of[end:])
}

// belowHeight reports whether enough of others were let through under as much load as there was
// at an attempt.
func (s *study) belowHeight(at int, others []int, open []int32, rate []float64) bool {
	asOpen, asFast := 0, 0
	for _, i := range others {
		if s.table.Refused[i] {
			continue
		}
		if open[i] >= open[at] {
			asOpen++
		}
		if rate[i] >= rate[at] {
			asFast++
		}
	}
	return asOpen >= fewestAsHigh && asFast >= fewestAsHigh
}

func saysOutage(s *study, h *hypothesis) string {
	return fmt.Sprintf("The gateway refuses everything%s with %s from %s after the start%s %s.", h.only.words(), s.majority, seconds(h.threshold.Value), s.gapless(), h.variant)
}

func storyOutage(s *study, h *hypothesis) string {
	if h.threshold == nil {
		return "no stretch of time holds the refusals alone"
	}
	return verdictOn(fmt.Sprintf("an outage%s from %s %s", h.only.words(), seconds(h.threshold.Value), h.variant), h, s)
}

func doOutage(s *study, h *hypothesis) []string {
	at := s.table.Axis.At(toDuration(h.threshold.Value)).Time().Format("2006-01-02 15:04:05 UTC")
	return []string{
		"Look in the gateway's log, deployments and alerts at " + at + ".",
		"Run the same load again: an outage does not come back at the same point of the ramp.",
	}
}

func refuteOutage(*study, *hypothesis) string {
	return "An upgrade accepted in the midst of the refusals, or refusals at the same point of the load in another run."
}

func predictOutage(s *study, _ *hypothesis, x *experiment) float64 {
	if x.name == closeThird {
		return 0.9
	}
	return 0.1
}
