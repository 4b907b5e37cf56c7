package analysis

import (
	"fmt"
	"math"
)

// nextExperiment returns the experiment whose outcome is expected to tell most
// about which candidate holds. Where they leave nothing to tell, it is the one that
// takes the leading cause away, so that what else refuses shows by itself, or, if
// none of the causes fits, the one that would tell most between all of them.
func (s *study) nextExperiment(named, all []candidate) *Experiment {
	if e := s.telling(named); e != nil {
		return e
	}
	if lead := named[0]; lead.best.calls() {
		return s.without(lead)
	}
	e := s.telling(alikeProbable(all))
	if e != nil {
		e.Why += " No cause fits well enough to predict its outcome: see which part is refused more."
		e.Predictions, e.Parts = map[string]float64{}, nil
	}
	return e
}

// without returns the experiment in which a candidate predicts the fewest refusals,
// the cheapest of these; nil if it predicts some in each.
func (s *study) without(c candidate) *Experiment {
	facts := s.loadFacts(suspected([]candidate{c}))
	for _, x := range menu {
		r := s.rehearsed(x, facts, []candidate{c})
		if r != nil && r.total[0] == 0 {
			e := r.experiment(s, []candidate{c}, facts)
			e.Why = fmt.Sprintf("It takes %s away: what is refused all the same has another cause.", c.best.phrase())
			return e
		}
	}
	return nil
}

// alikeProbable gives every cause that can be played the same probability.
func alikeProbable(all []candidate) []candidate {
	var out []candidate
	for _, c := range all {
		if c.best.calls() && len(c.best.parts) == 0 {
			out = append(out, candidate{best: c.best, probability: 1})
		}
	}
	return out
}

// telling returns the experiment that is expected to tell most between candidates,
// nil if none tells anything.
func (s *study) telling(named []candidate) *Experiment {
	facts := s.loadFacts(suspected(named))
	var best *rehearsal
	most := 0.01 // nats, below which a run is not worth making
	for _, x := range menu {
		r := s.rehearsed(x, facts, named)
		if r == nil {
			continue
		}
		if gain := r.gain(named); gain > most+dearer*most {
			best, most = r, gain
		}
	}
	if best == nil {
		return nil
	}
	return best.experiment(s, named, facts)
}

// dearer is by how much more an experiment must tell than a cheaper one.
const dearer = 0.02

// rehearsal is an experiment with the outcome that each candidate predicts.
type rehearsal struct {
	x      *experiment
	parts  []string
	shares [][]float64 // by candidate and part
	total  []float64   // by candidate, of all upgrades
}

func (s *study) rehearsed(x *experiment, f loadFacts, named []candidate) *rehearsal {
	p := x.plan(f)
	if p == nil || !s.worthTrying(x) {
		return nil
	}
	p.inOrder()
	tried := make([]float64, len(p.parts))
	for _, m := range p.moves {
		if m.opens {
			tried[m.part]++
		}
	}
	r := &rehearsal{x: x, parts: p.parts}
	for _, c := range named {
		shares := s.rehearse(c.best.single(), x, p)
		sum, n := 0.0, 0.0
		for i, share := range shares {
			sum += share * tried[i]
			n += tried[i]
		}
		r.shares = append(r.shares, shares)
		r.total = append(r.total, sum/max(1, n))
	}
	return r
}

// Outcomes are told apart in steps of 1/steps; what a candidate predicts is never
// taken for exact, and what nothing explains predicts next to nothing.
const (
	steps         = 12
	blur          = 0.08
	blurOfUnknown = 0.3
)

// leastWeight is the probability that a candidate has at least when an experiment is
// chosen: a rival that is named only for deciding alike is to be told apart too.
const leastWeight = 0.05

// gain is the mutual information, in nats, between which candidate holds and the
// shares refused in the parts of the experiment.
func (r *rehearsal) gain(named []candidate) float64 {
	weights := make([]float64, len(named))
	total := 0.0
	for i, c := range named {
		weights[i] = max(c.probability, leastWeight)
		total += weights[i]
	}
	chances := make([][][]float64, len(named)) // by candidate, part and step
	for i, c := range named {
		weights[i] /= total
		sd := blur
		if c.best.cause == unknown {
			sd = blurOfUnknown
		}
		for _, share := range r.shares[i] {
			chances[i] = append(chances[i], blurred(share, sd))
		}
	}
	return information(weights, chances, make([]int, 0, len(r.parts)), len(r.parts))
}

// information sums over the outcomes of the parts, one after the other.
func information(weights []float64, chances [][][]float64, outcome []int, parts int) float64 {
	if len(outcome) < parts {
		sum := 0.0
		for step := range steps + 1 {
			sum += information(weights, chances, append(outcome, step), parts)
		}
		return sum
	}
	mixed, sum := 0.0, 0.0
	likely := make([]float64, len(weights))
	for i, w := range weights {
		likely[i] = 1
		for part, step := range outcome {
			likely[i] *= chances[i][part][step]
		}
		mixed += w * likely[i]
	}
	for i, w := range weights {
		if w > 0 && likely[i] > 0 {
			sum += w * likely[i] * math.Log(likely[i]/mixed)
		}
	}
	return sum
}

// blurred returns the chance of each step if a share is expected to lie near one.
func blurred(share, sd float64) []float64 {
	chance := make([]float64, steps+1)
	sum := 0.0
	for k := range chance {
		d := (float64(k)/steps - share) / sd
		chance[k] = math.Exp(-d*d/2) + 1e-6
		sum += chance[k]
	}
	for k := range chance {
		chance[k] /= sum
	}
	return chance
}

func (r *rehearsal) experiment(s *study, named []candidate, f loadFacts) *Experiment {
	e := &Experiment{Name: r.x.name, Why: r.x.why + ".", Do: r.x.steps(s, f), Predictions: map[string]float64{}}
	for i, c := range named {
		expect(e.Predictions, c, r.total[i])
	}
	if len(r.parts) < 2 {
		return e
	}
	for part, name := range r.parts {
		p := ExperimentPart{Of: name, Predictions: map[string]float64{}}
		for i, c := range named {
			expect(p.Predictions, c, r.shares[i][part])
		}
		e.Parts = append(e.Parts, p)
	}
	return e
}

// expect notes a share under each cause of a candidate, the more probable ones first.
func expect(predictions map[string]float64, c candidate, share float64) {
	for _, h := range c.best.single() {
		if _, known := predictions[h.cause.name]; !known {
			predictions[h.cause.name] = round(share, 3)
		}
	}
}

// suspected returns the largest numbers that the candidates name.
func suspected(named []candidate) suspects {
	var of suspects
	for _, c := range named {
		for _, h := range c.best.single() {
			of.ofTokens = of.ofTokens || h.scope == "token"
			switch {
			case h.threshold == nil:
			case h.cause == concurrencyCap:
				of.limit = max(of.limit, int(h.threshold.Value))
			case h.cause == quota || h.cause == tokenOverused || h.cause == sourceBan:
				of.upgrades = max(of.upgrades, int(h.threshold.Value))
			}
		}
	}
	return of
}
