package analysis

import (
	"fmt"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/floats"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
)

// unknown is none of the causes: it is earned by what they leave unexplained. Its
// evidence is a mixture of
//
//   - pure memory: the outcome depends on the outcomes before it;
//   - stretches of refusals of one length, with nothing that begins them;
//   - everything refused, by something in the requests that no cause looks at;
//   - for the best hypothesis of each cause, "that, and a context on top": the rate
//     of refusals differs within its predictions by recent outcomes, time, open
//     sockets or rate.
//
// A context on top of a right explanation only costs; on top of a wrong one it pays.
var unknown = &cause{
	name:    "unknown",
	prior:   0.03,
	says:    saysUnknown,
	story:   storyUnknown,
	do:      doUnknown,
	refute:  func(*study, *hypothesis) string { return "A cause that predicts the refusals." },
	predict: func(s *study, _ *hypothesis, _ *experiment) float64 { return s.share() },
}

// The parts of the mixture.
const (
	memoryShare   = 0.002
	contextShare  = 0.001
	alwaysShare   = 0.050
	stretchShare  = 0.100
	residualShare = 0.847

	memoryDepth = 12
)

func weighUnknown(s *study, leads []*hypothesis) *hypothesis {
	h := &hypothesis{cause: unknown, scope: "global", equivalent: []string{}}
	all := s.all(func(int) bool { return true })
	memory := s.recent("", memoryDepth)
	terms := []float64{
		math.Log(memoryShare) + evidence.ContextTree(s.table.Refused, s.weights, memoryDepth) - s.unpaid(memory.labels, memory.n, s.table.Refused),
		math.Log(alwaysShare) + evidence.SaysNo.Log(all.LeanYesRefused, all.LeanYesAccepted),
	}
	each := math.Log(contextShare / float64(len(s.contexts)))
	for _, c := range s.contexts {
		terms = append(terms, each+evidence.Context(c.labels, c.n, s.table.Refused, s.weights)-s.unpaid(c.labels, c.n, s.table.Refused))
	}
	best, pattern := 0.0, ""
	for _, lead := range leads {
		if lead.cause == sourceBan {
			terms = append(terms, math.Log(stretchShare)+lead.causeless)
		}
		each := math.Log(residualShare / float64(len(leads)*len(s.contexts)))
		var left []float64
		for _, c := range s.contexts {
			gain := 0.0
			if lead.classes != nil {
				gain = s.softResidual(*lead.classes, c)
			} else {
				gain = s.residual(lead.predicted, c)
			}
			left = append(left, lead.logEvidence+gain+each)
			if gain > best {
				best, pattern = gain, c.name
			}
		}
		terms = append(terms, min(floats.LogSumExp(left), s.mostLeft(lead)))
	}
	h.logEvidence = floats.LogSumExp(terms)
	h.variant = pattern
	return h
}

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
	c := lead.counts
	slow := lead.cause == overload && s.slowRefusals() // what strains it is seen only in part
	if lead.soft && !slow || float64(c.N01) > fewWrong*float64(c.N11+c.N01) || float64(c.N10) > fewWrong*float64(c.N10+c.N00) {
		return math.Inf(1)
	}
	return lead.logEvidence + math.Log(lead.cause.prior/unknown.prior) + math.Log(mostOdds)
}

// residual returns by how much the log likelihood of a prediction rises if, within
// each of its calls, the rate of refusals may differ by context. Attempts near the
// threshold, and those that could go either way, are left as they are, unless so
// many of those near are wrong that they are no slips.
func (s *study) residual(p prediction, c context) float64 {
	var plain evidence.Table
	var apart [2]float64
	labels := make([]int32, len(p))
	slips := s.slips(p)
	for i, f := range p {
		labels[i] = -1
		if f.near && slips || f.unsure || f.call == 0 || c.labels[i] < 0 {
			continue
		}
		w := s.weights[i]
		labels[i] = kinds * c.labels[i]
		switch refused := s.table.Refused[i]; {
		case f.call > 0 && f.apart:
			labels[i] += 2
			apart[outcomeOf(refused)] += w
		case f.call > 0:
			labels[i]++
			if refused {
				plain.NoRefused += w
			} else {
				plain.NoAccepted += w
			}
		case refused:
			plain.YesRefused += w
		default:
			plain.YesAccepted += w
		}
	}
	return evidence.Context(labels, kinds*c.n, s.table.Refused, s.weights) - plain.Log() - evidence.SaysNo.Log(apart[1], apart[0]) -
		s.unpaid(labels, kinds*c.n, s.surprises(p))
}

// kinds is how many kinds of calls a context is looked at within: accept, refuse, and
// refuse by a rule that is weighed apart.
const kinds = 3

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
		evidence.Context(classes.labels, classes.n, s.table.Refused, s.weights)
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
	var owed float64
	last := false
	for i, l := range labels {
		if l < 0 {
			continue
		}
		if events[i] != last {
			c := cells[l]
			owed -= math.Log((c[outcomeOf(s.table.Refused[i])] + 0.5) / (c[0] + c[1] + 1))
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

// context is something known at the decision, in n classes, that should tell
// nothing once the cause is known.
type context struct {
	name   string
	labels []int32
	n      int
}

func contexts(s *study) []context {
	cs := []context{
		s.recent("the last outcome", 1),
		s.recent("the last three outcomes", 3),
		s.recent("the last five outcomes", 5),
		s.blocks("the time, in 8 blocks", 8),
		s.blocks("the time, in 32 blocks", 32),
		s.openBins(),
		s.rateBins(),
		s.sinceRefusal(),
	}
	for _, p := range s.parts {
		if p.Distinct > 1 {
			cs = append(cs, s.recentUnder(p))
		}
	}
	if n := len(s.run.Parts); n > 1 {
		cs = append(cs, s.recordingContext(n))
	}
	return cs
}

// recordingContext labels an attempt with its recording: a rule that is another one
// in another recording is no rule that explains both.
func (s *study) recordingContext(n int) context {
	c := context{name: "which recording it is of", labels: make([]int32, len(s.table.Attempts)), n: n}
	for i := range s.table.Attempts {
		c.labels[i] = int32(s.run.PartOf(s.table.Attempts[i].Upgrade.Conn))
	}
	return c
}

// recent labels an attempt with the last outcomes before it.
func (s *study) recent(name string, depth int) context {
	c := context{name: name, labels: make([]int32, len(s.table.Refused)), n: 1 << depth}
	var history int32
	for i, refused := range s.table.Refused {
		c.labels[i] = history & int32(c.n-1)
		history <<= 1
		if refused {
			history |= 1
		}
	}
	return c
}

// mostSince bounds how far back [study.sinceRefusal] looks.
const mostSince = 48

// sinceRefusal labels an attempt with how many came since the last refusal: every n-th
// is refused n after the one before, or next to that if answers overtake each other.
func (s *study) sinceRefusal() context {
	c := context{name: "the number of upgrades since the last refusal", labels: make([]int32, len(s.table.Refused)), n: mostSince}
	since := int32(0)
	for i, refused := range s.table.Refused {
		c.labels[i] = since
		since = min(since+1, mostSince-1)
		if refused {
			since = 0
		}
	}
	return c
}

// recentUnder labels an attempt with the last outcome under its key.
func (s *study) recentUnder(p covariate.Partition) context {
	c := context{name: "the last outcome of the same " + p.Scope, labels: make([]int32, len(p.Labels)), n: 3}
	last := make([]int32, p.N) // 0 none yet, 1 accepted, 2 refused
	for i, l := range p.Labels {
		if l < 0 {
			c.labels[i] = -1
			continue
		}
		c.labels[i] = last[l]
		last[l] = 1
		if s.table.Refused[i] {
			last[l] = 2
		}
	}
	return c
}

func (s *study) blocks(name string, n int) context {
	c := context{name: name, labels: make([]int32, len(s.table.Attempts)), n: n}
	elapsed := s.table.Axis.Elapsed
	first, last := elapsed(s.table.Attempts[0].Answered), elapsed(s.table.Attempts[len(s.table.Attempts)-1].Answered)
	width := max((last-first)/time.Duration(n)+1, 1)
	for i := range s.table.Attempts {
		c.labels[i] = int32((elapsed(s.table.Attempts[i].Answered) - first) / width)
	}
	return c
}

func (s *study) openBins() context {
	return binned("the number of open sockets", s.table.OpenAtRequest(), 12)
}

// rateBins labels an attempt with how many came within a second before it.
func (s *study) rateBins() context {
	all := make([]int32, len(s.table.Attempts))
	rate := s.table.Counter(all, 1, covariate.Reading{ByRequest: true}, covariate.AllAttempts).Trailing(time.Second).Mid
	return binned("the rate of upgrades", rate, 8)
}

// binned labels values by which of n equally filled bins they fall into.
func binned(name string, values []int32, n int) context {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	var edges []int32
	for k := 1; k < n; k++ {
		if e := sorted[k*len(sorted)/n]; len(edges) == 0 || e > edges[len(edges)-1] {
			edges = append(edges, e)
		}
	}
	c := context{name: name, labels: make([]int32, len(values)), n: len(edges) + 1}
	for i, v := range values {
		at, found := slices.BinarySearch(edges, v)
		if found {
			at++
		}
		c.labels[i] = int32(at)
	}
	return c
}

func saysUnknown(s *study, _ *hypothesis) string {
	return fmt.Sprintf("None of the causes that why403 knows explains the %s.", plural(s.refused, "refusal"))
}

func storyUnknown(s *study, h *hypothesis) string {
	if s.noneAccepted() {
		return "nothing was accepted, so that anything may be behind it"
	}
	if h.variant == "" {
		return "what the best explanation leaves over shows no pattern"
	}
	return "what the best explanations leave over still depends on " + h.variant
}

func doUnknown(*study, *hypothesis) []string {
	return []string{
		"Compare a refused and an accepted upgrade side by side in the report: something that differs may not be among what why403 weighs.",
		"Ask the gateway's owner for its log of one refusal, by the time and the request id in the answer.",
	}
}
