package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"gonum.org/v1/gonum/floats"

	"why403/analysis/covariate"
)

// An outage may be of one host, one address or one client alone: a deployment, a block, a
// route that is lost. Of each kind of key the one is weighed that has the most refusals in
// a stretch. Tokens and subjects are left out: of so many keys one always has.
var outageKeys = []string{"host", "edge", "source", "client", "organisation"}

// onlyKey is the one key that an outage is of, nil if it is of all.
type onlyKey struct {
	scope, value string
	of           []int // its attempts
}

// words returns " of the host b.example", "" for all.
func (k *onlyKey) words() string {
	if k == nil {
		return ""
	}
	return fmt.Sprintf(" of the %s %s", strings.TrimPrefix(per(k.scope), " per "), k.value)
}

// keyedOutages weighs outages of one key, alone.
func (s *study) keyedOutages() []*hypothesis {
	if s.forced != nil {
		return nil
	}
	var hs []*hypothesis
	for _, p := range s.parts {
		if k := slices.IndexFunc(outageKeys, p.Has); k >= 0 && p.Distinct > 1 {
			hs = append(hs, s.keyedOutage(p, outageKeys[k])...)
		}
	}
	return hs
}

// keyedOutage weighs the outage, and several, of the key with the most refusals in a
// stretch.
func (s *study) keyedOutage(p covariate.Partition, scope string) []*hypothesis {
	w := s.densestUnder(p, scope)
	if w == nil {
		return nil
	}
	var hs []*hypothesis
	if one := w.outage(); one != nil {
		hs = append(hs, one)
	}
	stretches := w.spells()
	if several := s.outages(stretches); several != nil {
		several.causeless = stretches.alternating()
		hs = append(hs, several)
	}
	for _, h := range hs {
		h.scope, h.equivalent = scope, otherScopes(p, scope)
		key := math.Log(scopeShare(h) / float64(p.Distinct))
		h.logEvidence, h.causeless = h.logEvidence+key, h.causeless+key
		h.only = &onlyKey{scope: scope, value: keyNamed(scope)(&s.table.Attempts[w.of[0]]), of: w.of}
	}
	return hs
}

// outage weighs one stretch, whether it ends or not; nil if nothing fits.
func (w *stretch) outage() *hypothesis {
	fit := w.lasting()
	fit.logEvidence += math.Log(lasts)
	h := &hypothesis{logEvidence: fit.logEvidence, variant: untilEnd}
	if ends, ok := w.fit(); ok {
		h.logEvidence = floats.LogSumExp([]float64{fit.logEvidence, ends.logEvidence + math.Log(1-lasts)})
		if ends.logLik > fit.logLik {
			fit = ends
			h.variant = "until " + w.s.endOfOutage(ends)
		}
	}
	if fit.predicted == nil {
		return nil
	}
	h.logLik, h.predicted = fit.logLik, fit.predicted
	h.counts = w.s.tally(h.predicted)
	h.threshold = &Threshold{Value: fit.from, Low: fit.fromAfter, High: fit.from, Unit: "s"}
	return h
}

// densestUnder returns the attempts of the key with the largest surplus of refusals in a
// stretch, nil if none has one.
func (s *study) densestUnder(p covariate.Partition, scope string) *stretch {
	members := make([][]int, p.Distinct)
	var all [2]float64
	for i, v := range p.Values {
		all[outcomeOf(s.table.Refused[i])] += s.weights[i]
		if v >= 0 && !s.keyless(i, scope) {
			members[v] = append(members[v], i)
		}
	}
	var best *stretch
	most := 0.0
	for _, of := range members {
		w := newStretchOf(s, of)
		from, until := w.densest()
		if surplus := w.refusedSum[until] - w.refusedSum[from] - w.acceptSum[until] + w.acceptSum[from]; surplus > most {
			best, most = w, surplus
		}
	}
	if best != nil {
		n := len(best.of)
		best.others = [2]float64{max(0, all[0]-best.acceptSum[n]), max(0, all[1]-best.refusedSum[n])}
	}
	return best
}

// keyless reports whether an attempt has no key of its own, for want of a token: what is missing
// is no client that could be out of order.
func (s *study) keyless(i int, scope string) bool {
	return (scope == "client" || scope == "organisation") && s.table.Tokenless(i)
}

// lasting sums the evidence of the stretches about the densest one that last until the
// recording ends.
func (w *stretch) lasting() stretchFit {
	from, _ := w.densest()
	n := len(w.at)
	best := stretchFit{logLik: math.Inf(-1)}
	terms := []float64{math.Inf(-1)}
	bestFrom := 0
	for a := max(0, from-w.reach()); a <= min(from+w.reach(), n-1); a++ {
		t := w.table(a, n)
		mass := w.mass(a, w.gap(a)/w.s.recorded)
		if t.NoRefused <= 1e-7 || t.YesAccepted <= 0 || mass <= 0 {
			continue
		}
		l := t.Log()
		terms = append(terms, l+math.Log(mass))
		if l > best.logLik {
			best.logLik, bestFrom = l, a
		}
	}
	best.logEvidence = floats.LogSumExp(terms)
	if !math.IsInf(best.logLik, -1) {
		best.from, best.fromAfter = w.at[bestFrom], w.at[bestFrom]-w.gap(bestFrom)
		best.predicted = w.predict(bestFrom, n)
	}
	return best
}

// loadUnder returns the attempts that an outage is of, with the open sockets and the rate
// that each met.
func (s *study) loadUnder(h *hypothesis) (of []int, open []int32, rate []float64) {
	if h.only == nil {
		open = s.table.OpenNow()
		if s.decidedBy().ByRequest {
			open = s.table.OpenAtRequest()
		}
		return newStretch(s).of, open, s.rates(5 * time.Second)
	}
	p := s.partition(h.scope)
	counter := s.table.Counter(p.Labels, p.N, covariate.Reading{ByRequest: true}, covariate.AllAttempts)
	return h.only.of, s.table.Open(p.Labels, p.N, s.decidedBy(), 0).Mid, floats64(counter.Trailing(5 * time.Second).Mid)
}
