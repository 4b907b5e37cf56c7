package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"why403/analysis/covariate"
	"why403/capture"
)

// Explain concludes from a run why upgrades were refused. The run must be valid in
// the sense of [capture.Run.CheckValid]; it is not changed.
func Explain(run *capture.Run) *Findings {
	s := newStudy(run)
	f := s.explain()
	if s.decidable() {
		f.ByForm = s.byForm()
		f.settle()
	}
	return f
}

// explain is Explain of all refusals together.
func explain(run *capture.Run) *Findings { return newStudy(run).explain() }

func (s *study) explain() *Findings {
	run := s.run
	f := &Findings{
		Schema:   Schema,
		Attempts: len(run.Upgrades), Accepted: s.outcomes.accepted, Pending: s.outcomes.pending,
		Refused: s.outcomes.refused, RefusedInBand: s.outcomes.refusedInBand,
		Failed: s.outcomes.failed, RefusedSilently: s.outcomes.refusedSilently,
		PeakOpen:   s.table.PeakOpen(),
		Started:    started(run).Time().Format(time.RFC3339Nano),
		DurationS:  round(s.table.Axis.Total().Seconds(), 3),
		Hypotheses: []Hypothesis{}, UndecidedBetween: []string{}, Notes: []string{},
	}
	s.majority = majority(f)
	if s.table.ClockSet {
		f.Clock = &ClockOffset{
			OffsetS: round(s.table.Clock.Offset.Seconds(), 3),
			ErrorS:  round(s.table.Clock.Error.Seconds(), 3),
		}
	}
	var hs []*hypothesis
	if s.decidable() {
		hs = s.weigh()
		f.Hypotheses = make([]Hypothesis, len(hs))
		inParallel(len(hs), func(i int) { f.Hypotheses[i] = hs[i].finding(s) })
	}
	s.conclude(f, hs)
	together(
		func() { f.AnsweredBy = s.answeredBy() },
		func() { f.Advice = s.advise() },
		func() { f.Recordings = s.recordings() },
	)
	f.Notes = notes(s, f, hs)
	return f
}

// weigh returns every hypothesis with its probability, the most probable first.
func (s *study) weigh() []*hypothesis {
	if s.noneAccepted() {
		return ranked(s.weighAllRefused(), 1)
	}
	s.begin()
	s.along = s.withTokenRequests().begin(s)
	hs, twos := s.weighAll()
	leads := append(leadsOf(hs), twos...)
	hs = append(hs, twos...)
	doubtful := s.doubtful(hs)
	hs = append(hs, weighUnknown(s, leads, doubtful))
	for _, h := range doubtful {
		plain, _ := doubted(h.doubt)
		h.logEvidence += plain
	}
	for _, h := range hs {
		h.logEvidence += math.Log(h.cause.prior) + h.costOfChance()
		for _, part := range h.single() {
			h.logEvidence += s.spokenFor(part.cause) + s.unqueued(part)
		}
	}
	s.creditQueue(hs)
	placeBehind(hs)
	return ranked(bucketsOfOne(hs), s.trust())
}

// weighAll weighs causes alone, and two at once.
func (s *study) weighAll() (hs, twos []*hypothesis) {
	if s.beginning != nil {
		return s.weighLong()
	}
	hs = s.weighAlone(causes())
	leads := leadsOf(hs)
	s.settleReading(leads)
	return hs, s.pairs(leads)
}

func (s *study) weighAlone(of []*cause) []*hypothesis {
	hs := s.weighCauses(of)
	return append(hs, s.queues(hs)...)
}

// ranked sets the probabilities of all hypotheses, with the share of the log evidence that
// counts, and sorts them by these.
func ranked(hs []*hypothesis, trust float64) []*hypothesis {
	setProbabilities(hs, trust)
	slices.SortStableFunc(hs, func(a, b *hypothesis) int {
		return cmp.Or(cmp.Compare(b.probability, a.probability), cmp.Compare(b.logEvidence, a.logEvidence))
	})
	return hs
}

// settleReading keeps the reading by which counts explain the outcomes well, if one
// does: it is the gateway's for each of two causes.
func (s *study) settleReading(leads []*hypothesis) {
	var best *hypothesis
	for _, h := range leads {
		if (h.cause == rateLimit || h.window != nil && h.cause == quota) && (best == nil || h.logLik > best.logLik) {
			best = h
		}
	}
	if best != nil && float64(best.counts.N10+best.counts.N01) <= settledWrong*float64(len(s.table.Attempts)) {
		s.readings = []covariate.Reading{best.reading}
	}
}

// settledWrong is the share of outcomes that a reading may be wrong about.
const settledWrong = 0.03

// weighCauses weighs causes with the priors of their scopes, without their own.
func (s *study) weighCauses(of []*cause) []*hypothesis {
	weighed := s.weighEach(of)
	var hs []*hypothesis
	for i, c := range of {
		list := weighed[i]
		for _, h := range list {
			h.cause = c
			if h.equivalent == nil {
				h.equivalent = []string{}
			}
			if c.keyed {
				h.logEvidence += math.Log(scopeShare(h))
			}
		}
		hs = append(hs, list...)
	}
	return hs
}

// weighEach weighs causes apart, in their waves.
func (s *study) weighEach(of []*cause) [][]*hypothesis {
	weighed := make([][]*hypothesis, len(of))
	s.reached = s.toReach
	for now := range waves {
		var list []int
		for i, c := range of {
			if c.wave == now {
				list = append(list, i)
			}
		}
		slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(order(of[a].long), order(of[b].long)) }) // short ones fill up the end
		inParallel(len(list), func(k int) { weighed[list[k]] = s.under(of[list[k]]).weighAlong(of[list[k]]) })
		s.reached = max(s.toReach, reached(slices.Concat(weighed...)))
	}
	return weighed
}

// reached is the best log likelihood of those that say what becomes of single attempts.
func reached(hs []*hypothesis) float64 {
	best := math.Inf(-1)
	for _, h := range hs {
		if h.calls() {
			best = max(best, h.logLik)
		}
	}
	return best
}

// leadsOf returns the leading hypothesis of each cause that has one.
func leadsOf(hs []*hypothesis) []*hypothesis {
	var leads []*hypothesis
	for _, c := range causes() {
		if lead := leading(slices.DeleteFunc(slices.Clone(hs), func(h *hypothesis) bool { return h.cause != c })); lead != nil {
			leads = append(leads, lead)
		}
	}
	return leads
}

func scopeShare(h *hypothesis) float64 {
	share := scopePrior[h.scope]
	for _, e := range h.equivalent {
		share += scopePrior[e]
	}
	return share
}

// leading returns the best hypothesis that predicts single refusals, nil if there is
// none.
func leading(hs []*hypothesis) *hypothesis {
	var best *hypothesis
	for _, h := range hs {
		if h.leads() && (best == nil || h.logEvidence > best.logEvidence) {
			best = h
		}
	}
	return best
}

func (h *hypothesis) finding(s *study) Hypothesis {
	of := h
	var with []Part
	if len(h.parts) > 0 {
		of = h.parts[0]
		b := h.parts[1]
		with = []Part{{Cause: b.cause.name, Scope: b.scope, Threshold: b.threshold.rounded(), Attribute: b.attribute}}
	}
	return Hypothesis{
		Cause: of.cause.name, Scope: of.scope, Probability: h.probability, With: with,
		LogEvidence: round(h.logEvidence, 3),
		Threshold:   of.threshold.rounded(), Linger: of.linger.rounded(),
		Burst: of.burst.rounded(), Window: of.window.rounded(), Lasts: of.lasts.rounded(), Attribute: of.attribute,
		Counts: h.counts, Says: standing(h) + h.story(s) + ".",
	}
}

// story is what of the recording bears on a hypothesis.
func (h *hypothesis) story(s *study) string {
	if h.told != "" {
		return h.told
	}
	if len(h.parts) == 0 {
		return h.cause.story(s, h)
	}
	a, b := h.parts[0], h.parts[1]
	return verdictOn(a.cause.name+" and "+b.cause.name+" together", h, s) + "; " +
		fmt.Sprintf("%s alone explains %d refusals, %s %d", a.cause.name, a.counts.N11, b.cause.name, b.counts.N11)
}

// standing opens the sentence on a hypothesis.
func standing(h *hypothesis) string {
	switch {
	case h.probability >= sure:
		return "It fits: "
	case h.probability < 0.01:
		return "Ruled out: "
	default:
		return "Possible: "
	}
}

func (t *Threshold) rounded() *Threshold {
	if t == nil {
		return nil
	}
	return &Threshold{round(t.Value, 3), round(t.Low, 3), round(t.High, 3), t.Unit}
}

// partition returns the partition by a key, by its own name or as an equivalent.
func (s *study) partition(scope string) covariate.Partition {
	for _, p := range s.parts {
		if p.Scope == scope || slices.Contains(p.Equivalent, scope) {
			return p
		}
	}
	return covariate.Partition{}
}
