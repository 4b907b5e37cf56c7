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
	var plain evidence.Table
	var apart [2]float64
	s := r.s
	for i, k := range r.kind {
		if k < 0 || c.labels[i] < 0 {
			continue
		}
		w := s.weights[i]
		switch refused := s.table.Refused[i]; {
		case k == calledApart:
			apart[outcomeOf(refused)] += w
		case k == calledNo && refused:
			plain.NoRefused += w
		case k == calledNo:
			plain.NoAccepted += w
		case refused:
			plain.YesRefused += w
		default:
			plain.YesAccepted += w
		}
	}
	byCall(r.labels, r.kind, c)
	return evidence.Context(r.labels, kinds*c.n, s.table.Refused, s.weights) - plain.Log() - evidence.SaysNo.Log(apart[1], apart[0]) -
		s.unpaid(r.labels, kinds*c.n, r.wrong)
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
		case f.near && slips || f.unsure || f.call == 0:
			kind[i] = -1
		case f.call > 0 && f.apart:
			kind[i] = calledApart
		case f.call > 0:
			kind[i] = calledNo
		}
	}
	return kind
}

// byCall labels attempts with their kind and their context together.
func byCall(labels, kind []int32, c context) {
	for i, k := range kind {
		labels[i] = -1
		if k >= 0 && c.labels[i] >= 0 {
			labels[i] = kinds*c.labels[i] + k
		}
	}
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
	cells := make([][2]float64, n)
	var weight, total float64
	for i, l := range labels {
		if l >= 0 {
			cells[l][outcomeOf(s.table.Refused[i])]++
			weight += s.weights[i]
			total++
		}
	}
	if weight >= total {
		return 0
	}
	for l, c := range cells {
		for o, of := range c {
			cells[l][o] = math.Log((of + 0.5) / (c[0] + c[1] + 1))
		}
	}
	var owed float64
	last := false
	for i, l := range labels {
		if l < 0 {
			continue
		}
		if events[i] != last {
			owed -= cells[l][outcomeOf(s.table.Refused[i])]
		}
		last = events[i]
	}
	return owed * (1 - weight/total)
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
		wrong[i] = f.call != 0 && !f.unsure && (f.call > 0) != s.table.Refused[i]
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
		if !f.near || f.unsure || f.call == 0 {
			continue
		}
		side := 0
		if f.call > 0 {
			side = 1
		}
		near[side]++
		if s.table.Refused[i] != (f.call > 0) {
			wrong[side]++
		}
	}
	return wrong[0] <= mostSlips*near[0] && wrong[1] <= mostSlips*near[1]
}
