package analysis

import (
	"math"
	"strings"
)

// again is the prior probability of a second outage in one recording, of a third after
// it again times that, and so on: what comes back is less and less an accident, and more
// and more a mechanism.
const again = 0.2

const (
	mostOutages = 8 // that are weighed
	outagesTold = 4 // in the finding's sentence
)

// outages weighs several stretches of refusals as accidents that have nothing to do with
// each other; nil if there are not so many, or another mechanism is at work too.
func (s *study) outages(p *spells) *hypothesis {
	if s.forced != nil {
		return nil
	}
	times := p.refusals()
	if k := len(times); k < 2 || k > mostOutages {
		return nil
	}
	k := float64(len(times))
	h := &hypothesis{scope: "global", several: true, logLik: p.table.Log(), logEvidence: p.loose() + k*(k-1)/2*math.Log(again)}
	last := times[len(times)-1]
	if math.IsInf(last.high, 1) {
		h.logEvidence += math.Log(lasts)
	} else {
		h.logEvidence += math.Log(1 - lasts)
	}
	h.predicted = p.prediction()
	h.counts = s.tally(h.predicted)
	h.threshold = &Threshold{Value: times[0].low, Low: times[0].low, High: times[0].low, Unit: "s"}
	if !p.refusing[0] {
		h.threshold.Low = p.between(p.edges[0]).low
	}
	h.variant = told(times)
	return h
}

// refusals returns when each spell of refusals began and ended, in seconds recorded; the
// end is infinite for one that lasts.
func (p *spells) refusals() []span {
	var list []span
	at := p.stretch.at
	if p.refusing[0] {
		list = append(list, span{at[0], math.Inf(1)})
	}
	for _, e := range p.edges {
		if p.refusing[e] {
			list = append(list, span{at[e], math.Inf(1)})
		} else {
			list[len(list)-1].high = at[e]
		}
	}
	return list
}

// told says when outages ended, and when the later ones began.
func told(times []span) string {
	var b strings.Builder
	for k, t := range times[:min(len(times), outagesTold)] {
		if k > 0 {
			b.WriteString(", and from " + seconds(t.low) + " ")
		}
		if math.IsInf(t.high, 1) {
			b.WriteString(untilEnd)
		} else {
			b.WriteString("until " + seconds(t.high))
		}
	}
	if more := len(times) - outagesTold; more > 0 {
		b.WriteString(", and " + plural(more, "time") + " more")
	}
	return b.String()
}
