package analysis

import (
	"math"

	"why403/analysis/evidence"
)

const (
	fewWrong = 0.05 // the share of either outcome that a nearly right hypothesis is wrong about
	mostOdds = 0.6  // of unknown against a nearly right hypothesis, at most
)

// mostLeft bounds what the pattern in a hypothesis's mistakes can be worth. On a busy
// machine or network the same stall makes many attempts in a row go the other way,
// which no model of single attempts foresees: a pattern in a few percent of mistakes
// is reason to doubt, not to drop, what explains all the rest. So it is for overload
// where refusals are slow: the curve follows a queue that is not seen.
func (s *study) mostLeft(lead *hypothesis) float64 {
	slow := lead.cause == overload && s.slowRefusals() // what strains it is seen only in part
	if lead.soft && !slow || !s.nearlyRight(lead) {
		return math.Inf(1)
	}
	return lead.logEvidence + math.Log(lead.cause.prior/unknown.prior) + math.Log(mostOdds)
}

// nearlyRight reports whether a hypothesis is wrong about few of either outcome. Of two
// causes the lesser answers for what it explains alone: with as much left over as that,
// it explains little, however much the other does.
func (s *study) nearlyRight(h *hypothesis) bool {
	c, right := h.counts, h.counts.N11
	if len(h.parts) > 0 {
		right = h.alone
	}
	return float64(c.N01) <= fewWrong*float64(right+c.N01) && float64(c.N10) <= fewWrong*float64(c.N10+c.N00)
}

// residue is what a prediction calls the attempts and is wrong about, for all contexts.
type residue struct {
	s      *study
	kind   []int32
	wrong  []bool
	labels []int32 // of the context looked at last
}

func (s *study) residue(p prediction) *residue {
	return &residue{s, s.kindsOf(p), s.surprises(p), make([]int32, len(p))}
}

// gain returns by how much the log likelihood of a prediction rises if, within
// each of its calls, the rate of refusals may differ by context. Attempts near the
// threshold, and those that could go either way, are left as they are, unless so
// many of those near are wrong that they are no slips.
func (r *residue) gain(c context) float64 {
	s := r.s
	weights, counts := make([][2]float64, kinds*c.n), make([][2]float64, kinds*c.n)
	for i, k := range r.kind {
		l := c.labels[i]
		if k < 0 || l < 0 {
			r.labels[i] = -1
			continue
		}
		l, o := kinds*l+k, outcomeOf(s.table.Refused[i])
		r.labels[i] = l
		weights[l][o] += s.weights[i]
		counts[l][o]++
	}
	of := byKind(weights)
	plain := evidence.Table{
		YesAccepted: of[calledYes][0], YesRefused: of[calledYes][1], NoAccepted: of[calledNo][0], NoRefused: of[calledNo][1],
	}
	return evidence.Rates(weights) - plain.Log() - evidence.SaysNo.Log(of[calledApart][1], of[calledApart][0]) -
		s.owed(r.labels, counts, weights, r.wrong)
}

// byKind adds up what was called alike in all contexts.
func byKind(cells [][2]float64) (sums [kinds][2]float64) {
	for l, c := range cells {
		for o, w := range c {
			sums[l%kinds][o] += w
		}
	}
	return sums
}

// The kinds of calls that a context is looked at within: accept, refuse, and refuse by a
// rule that is weighed apart.
const (
	calledYes = iota
	calledNo
	calledApart
	kinds
)

// kindsOf labels the attempts with what a prediction calls them, −1 where it says
// nothing that can be held against it.
func (s *study) kindsOf(p prediction) []int32 {
	kind := make([]int32, len(p))
	slips := s.slips(p)
	for i, f := range p {
		switch {
		case f.near() && slips || f.unsure() || f.silent():
			kind[i] = -1
		case f.refuses() && f.apart():
			kind[i] = calledApart
		case f.refuses():
			kind[i] = calledNo
		}
	}
	return kind
}

// softResidual returns by how much the log likelihood of a hypothesis that only says
// how likely refusals are rises if the rate may also differ by context.
func (s *study) softResidual(classes, c context) float64 {
	labels := make([]int32, len(classes.labels))
	for i, l := range classes.labels {
		labels[i] = -1
		if c.labels[i] >= 0 {
			labels[i] = l*int32(c.n) + c.labels[i]
		}
	}
	n := classes.n * c.n
	return evidence.Context(labels, n, s.table.Refused, s.weights) -
		evidence.Context(classes.labels, classes.n, s.table.Refused, s.weights) - s.unpaid(labels, n, s.table.Refused)
}

// unpaid is what a context owes for the changes in a row of events. Attempts of a
// burst weigh little, since they are one event seen often; but a change is an event
// of its own, and a memory that pays for it with the weight of one attempt would
// come cheaper than a mechanism that says when it happens. Changes that the context
// foretells cost nothing.
func (s *study) unpaid(labels []int32, n int, events []bool) float64 {
	weights, counts := make([][2]float64, n), make([][2]float64, n)
	for i, l := range labels {
		if l >= 0 {
			o := outcomeOf(s.table.Refused[i])
			weights[l][o] += s.weights[i]
			counts[l][o]++
		}
	}
	return s.owed(labels, counts, weights, events)
}

// owed is unpaid, given the attempts and their weights by label and outcome.
func (s *study) owed(labels []int32, counts, weights [][2]float64, events []bool) float64 {
	share := total(weights) / total(counts)
	if !(share < 1) { // nothing is known, or each attempt counts in full
		return 0
	}
	var owes [][2]float64
	for _, c := range counts {
		owes = append(owes, [2]float64{-math.Log((c[0] + 0.5) / (c[0] + c[1] + 1)), -math.Log((c[1] + 0.5) / (c[0] + c[1] + 1))})
	}
	var owed float64
	last := false
	for i, l := range labels {
		if l < 0 {
			continue
		}
		if events[i] != last {
			owed += owes[l][outcomeOf(s.table.Refused[i])]
		}
		last = events[i]
	}
	return owed * (1 - share)
}

func total(cells [][2]float64) float64 {
	var sum float64
	for _, c := range cells {
		sum += c[0] + c[1]
	}
	return sum
}

func outcomeOf(refused bool) int {
	if refused {
		return 1
	}
	return 0
}

// surprises marks the attempts that a prediction is wrong about.
func (s *study) surprises(p prediction) []bool {
	wrong := make([]bool, len(p))
	for i, f := range p {
		wrong[i] = !f.silent() && !f.unsure() && f.refuses() != s.table.Refused[i]
	}
	return wrong
}

// mostSlips is the share of attempts near a threshold that may be on its wrong side.
const mostSlips = 0.2

// slips reports whether what is wrong near the threshold can be slips: of neither
// call more than a fifth.
func (s *study) slips(p prediction) bool {
	var near, wrong [2]float64 // by call: accept, refuse
	for i, f := range p {
		if !f.near() || f.unsure() || f.silent() {
			continue
		}
		side := 0
		if f.refuses() {
			side = 1
		}
		near[side]++
		if s.table.Refused[i] != f.refuses() {
			wrong[side]++
		}
	}
	return wrong[0] <= mostSlips*near[0] && wrong[1] <= mostSlips*near[1]
}
