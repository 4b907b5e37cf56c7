package analysis

import (
	"cmp"
	"math"
	"slices"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
)

// pairShare is the prior that two causes refuse at once, over that of one.
const pairShare = 0.03

const (
	// leastPrecision is the share of those that a mechanism would have refused that
	// must have been: where something else refuses too, it is still right about these.
	leastPrecision = 0.8
	mostFirsts     = 4
	mostSeconds    = 2
	fewestMistakes = 3 // of a cause on its own; with fewer there is nothing left to explain
	// leastOwn is the share of the refusals that each of two causes must account for
	// where the other does not. Less is a slip of the clock or of the network that
	// some narrow outage or limit can always be fitted to.
	leastOwn = 0.03
)

// pairs weighs two causes at once: an attempt is refused if either would refuse it.
//
// Each leading cause is taken for the first, and the second is fitted to what it
// leaves over; then the first again to what the second leaves over, and the second
// once more. The evidence of the pair is the likelihood of both together with what
// the parameters of each cost.
func (s *study) pairs(leads []*hypothesis) []*hypothesis {
	if s.explainedAlone(leads) {
		return nil
	}
	best := map[string]*hypothesis{}
	var order []string
	top := s.bestAlone(leads).logLik
	for _, first := range s.firsts(leads) {
		for _, second := range s.seconds(first, top) {
			h := s.joined(first, second, top)
			if h == nil {
				continue
			}
			top = max(top, h.logLik)
			key := pairKey(h)
			if best[key] == nil {
				order = append(order, key)
			}
			if best[key] == nil || h.logEvidence > best[key].logEvidence {
				best[key] = h
			}
		}
	}
	var list []*hypothesis
	for _, key := range order {
		list = append(list, best[key])
	}
	return list
}

// explainedAlone reports whether the best cause leaves nothing over.
func (s *study) explainedAlone(leads []*hypothesis) bool {
	best := s.bestAlone(leads)
	return best == nil || best.counts.N10+best.counts.N01 < fewestMistakes
}

// bestAlone returns the best of the causes that say what becomes of single attempts, nil
// if there is none.
func (s *study) bestAlone(leads []*hypothesis) *hypothesis {
	leads = slices.DeleteFunc(slices.Clone(leads), func(h *hypothesis) bool { return h.soft })
	if len(leads) == 0 {
		return nil
	}
	return slices.MaxFunc(leads, func(a, b *hypothesis) int { return cmp.Compare(rank(a), rank(b)) })
}

func rank(h *hypothesis) float64 { return h.logEvidence + math.Log(h.cause.prior) }

// firsts returns the leading hypotheses that may be one of two causes.
func (s *study) firsts(leads []*hypothesis) []*hypothesis {
	var list []*hypothesis
	for _, h := range leads {
		if h.mayBeFirst() {
			list = append(list, h)
		}
	}
	slices.SortStableFunc(list, func(a, b *hypothesis) int { return cmp.Compare(rank(b), rank(a)) })
	list = list[:min(len(list), mostFirsts)]
	// Expiry is read from the tokens and fits nothing: it is worth trying however
	// little it explains alone.
	plain := s.plainExpiry()
	if !plain.mayBeFirst() {
		return list
	}
	tried := slices.ContainsFunc(list, func(h *hypothesis) bool {
		return h.cause == tokenExpired && math.Abs(h.threshold.Value-plain.threshold.Value) <= nearSeconds
	})
	if !tried {
		list = append(list, plain)
	}
	return list
}

// mayBeFirst reports whether a hypothesis is right about nearly all that it refuses.
func (h *hypothesis) mayBeFirst() bool {
	return h.calls() && h.counts.N11 >= fewestRefusals && h.counts.precise()
}

// precise reports whether nearly all were refused that were to be.
func (c Counts) precise() bool { return float64(c.N11) >= leastPrecision*float64(c.N11+c.N10) }

// seconds returns the best hypotheses on what a first one leaves over.
func (s *study) seconds(first *hypothesis, best float64) []*hypothesis {
	g := s.given(first.predicted, first.cause.name+"/"+first.scope+" first", best)
	var list []*hypothesis
	for _, h := range leadsOf(g.weighCauses(partners())) {
		if !sameCause(first, h) {
			list = append(list, h)
		}
	}
	slices.SortStableFunc(list, func(a, b *hypothesis) int { return cmp.Compare(rank(b), rank(a)) })
	return list[:min(len(list), mostSeconds)]
}

// partners are the causes that can be one of two.
func partners() []*cause {
	return slices.DeleteFunc(causes(), func(c *cause) bool { return c == randomRefusal || c == overload })
}

// sameCause reports whether two hypotheses are too much alike to be two causes: only
// attributes come twice under one scope.
func sameCause(a, b *hypothesis) bool {
	return a.cause == b.cause && a.scope == b.scope && a.cause != attribute
}

// refit weighs the cause and scope of a hypothesis again, given another.
func (s *study) refit(h *hypothesis, other prediction, best float64) *hypothesis {
	g := s.given(other, h.cause.name+"/"+h.scope, best)
	if h.cause.keyed || h.cause == sourceBan {
		g.keepOnly(h.scope)
	}
	for _, again := range g.weighCauses([]*cause{h.cause}) {
		if (again.scope == h.scope || slices.Contains(again.equivalent, h.scope)) && again.calls() && again.cause == h.cause {
			return again
		}
	}
	return nil
}

// keepOnly leaves out whatever is not kept under a key.
func (s *study) keepOnly(scope string) {
	s.parts = slices.DeleteFunc(slices.Clone(s.parts), func(p covariate.Partition) bool { return !p.Has(scope) })
	if s.along != nil {
		s.along.keepOnly(scope)
	}
}

// joined fits two causes together; nil if one of them has nothing left to do.
func (s *study) joined(first, second *hypothesis, best float64) *hypothesis {
	a := s.refit(first, second.predicted, best)
	if a == nil {
		return nil
	}
	b := s.refit(second, a.predicted, best)
	if b == nil {
		return nil
	}
	alone := s.leastAlone(a.predicted, b.predicted)
	if alone < max(fewestMistakes, int(leastOwn*float64(s.refused))) {
		return nil
	}
	s.shareScopes(a, b.predicted)
	s.shareScopes(b, a.predicted)
	h := &hypothesis{cause: a.cause, scope: a.scope, equivalent: a.equivalent, parts: []*hypothesis{a, b}, alone: alone}
	h.predicted = either(a.predicted, b.predicted)
	h.counts = s.tally(h.predicted)
	// What the parameters of each cost, and the likelihood of both; attempts of
	// which the first was unsure were taken as they went, and cost what they did.
	h.logLik = b.logLik + s.unsureCost(a.predicted)
	h.logEvidence = h.logLik + (a.logEvidence - a.logLik) + (b.logEvidence - b.logLik) + math.Log(pairShare) + math.Log(b.cause.prior)
	for _, part := range h.parts {
		part.counts = s.tally(part.predicted)
	}
	if b.counts.N11 > a.counts.N11 {
		h.logEvidence += math.Log(a.cause.prior) - math.Log(b.cause.prior)
		h.parts[0], h.parts[1] = b, a
		h.cause, h.scope, h.equivalent = b.cause, b.scope, b.equivalent
	}
	return h
}

// unsureCost is the log likelihood of what a prediction leaves open, as in a scan: had
// only the refusals a cost, a mechanism that is unsure of most attempts would explain
// them for next to nothing.
func (s *study) unsureCost(p prediction) float64 {
	var t evidence.Table
	for i, f := range p {
		if !f.unsure() || f.silent() {
			continue
		}
		refused, w := s.table.Refused[i], s.weights[i]
		switch {
		case f.refuses() && refused:
			t.LeanNoRefused += w
		case f.refuses():
			t.LeanNoAccepted += w
		case refused:
			t.LeanYesRefused += w
		default:
			t.LeanYesAccepted += w
		}
	}
	return t.Log()
}

// leastAlone is how many refusals the lesser of two predictions accounts for that the other
// does not.
func (s *study) leastAlone(p, q prediction) int {
	var only [2]int
	for i, refused := range s.table.Refused {
		if !refused {
			continue
		}
		switch a, b := p[i].refuses(), q[i].refuses(); {
		case a && !b:
			only[0]++
		case b && !a:
			only[1]++
		}
	}
	return min(only[0], only[1])
}

// either is the prediction that one or the other refuses.
func either(p, q prediction) prediction {
	r := make(prediction, len(p))
	for i := range p {
		a, b := p[i], q[i]
		switch {
		case a.refuses() && !a.unsure():
			r[i] = a
		case b.refuses() && !b.unsure():
			r[i] = b
		default:
			r[i] = a.or(b)
		}
	}
	return r
}

func pairKey(h *hypothesis) string {
	names := []string{h.parts[0].cause.name + "/" + h.parts[0].scope, h.parts[1].cause.name + "/" + h.parts[1].scope}
	slices.Sort(names)
	return names[0] + "+" + names[1]
}
