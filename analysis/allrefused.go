package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Where nothing was accepted there is nothing to compare with: all that can be asked
// of a cause is whether it would have refused every upgrade, and how much of what it
// could be does so. What remains is told apart by that and the priors alone, and is
// never determined.

const (
	// plainly is by how much likelier than its prior a cause is whose fault all requests
	// plainly have: a load has only expired tokens, or none, in one test of twenty where
	// something else refuses everything, and few gateways let that pass.
	plainly = 20
	// throughout is the share of outages that began before a recording and outlast it,
	// where nothing was accepted.
	throughout = 0.2
)

// noneAccepted reports whether every decided attempt was refused.
func (s *study) noneAccepted() bool { return s.refused == len(s.table.Attempts) }

// weighAllRefused returns the hypotheses that would refuse every upgrade.
func (s *study) weighAllRefused() []*hypothesis {
	var hs []*hypothesis
	for _, c := range []struct {
		*cause
		would func(*study, *hypothesis) (share float64, would bool)
	}{
		{tokenExpired, allExpired}, {tokenMissing, allMissing}, {tokenNotYetValid, allTooEarly}, {tokenTooOld, allTooOld},
		{attribute, allAlike}, {outage, downThroughout}, {unknown, func(*study, *hypothesis) (float64, bool) { return 1, true }},
	} {
		h := &hypothesis{cause: c.cause, scope: "global", equivalent: []string{}}
		share, would := c.would(s, h)
		if !would {
			hs = append(hs, &hypothesis{cause: c.cause, scope: "global", equivalent: []string{}, logEvidence: s.impossible()})
			continue
		}
		if c.cause != unknown {
			h.predicted = make(prediction, len(s.table.Attempts))
			for i := range h.predicted {
				h.predicted[i] = toRefuse
			}
			h.counts = s.tally(h.predicted)
		}
		h.logEvidence = math.Log(c.prior*share) + s.spokenFor(c.cause)
		hs = append(hs, h)
	}
	return hs
}

// least returns the smallest value that a time of the tokens may have, and false if
// it is not known of all.
func (s *study) least(of func(i int) (value float64, known bool)) (float64, bool) {
	least := math.Inf(1)
	for i := range s.table.Attempts {
		v, known := of(i)
		if !known || s.tokenless(i) {
			return 0, false
		}
		least = min(least, v+s.table.Attempts[i].Error.Seconds())
	}
	return least, true
}

// allExpired asks for leeways that are over for every token.
func allExpired(s *study, h *hypothesis) (float64, bool) {
	late, known := s.least(s.lateness)
	share := expiryLeeway(math.Inf(-1), late)
	if late > 0 {
		share *= plainly
	}
	h.threshold = &Threshold{Value: min(0, late), Low: min(0, late), High: late, Unit: "s"}
	return share, known && share > 0
}

// allTooEarly asks for delays that no token has passed. One whose beginning lies
// behind may have been too early for a clock that is behind, if it is young.
func allTooEarly(s *study, h *hypothesis) (float64, bool) {
	ahead, known := s.least(func(i int) (float64, bool) { return early(&s.table.Attempts[i]) })
	share := validity(math.Inf(-1), ahead)
	if ahead > 0 {
		share *= plainly
	}
	h.threshold = &Threshold{Value: max(0, -ahead), Low: max(0, -ahead), High: max(0, -ahead), Unit: "s"}
	return share, known && share > 0
}

// allTooOld asks for ages that every token has passed.
func allTooOld(s *study, h *hypothesis) (float64, bool) {
	age, known := s.least(func(i int) (float64, bool) {
		a := &s.table.Attempts[i]
		return a.Age.Seconds(), knowsIssue(a)
	})
	share := ages(math.Inf(-1), age)
	h.threshold = &Threshold{Value: age, Low: 0, High: age, Unit: "s"}
	return share, known && share > 0
}

// allMissing asks that no request carries a token as it should be.
func allMissing(s *study, h *hypothesis) (float64, bool) {
	usual := s.usualToken()
	for i := range s.table.Attempts {
		a := &s.table.Attempts[i]
		form := s.tokenForm(a, usual)
		if form == "" {
			return 0, false
		}
		if !slices.Contains(h.missing, form) {
			h.missing = append(h.missing, form)
		}
	}
	return plainly, true
}

// wrongForAll is the share of rules on a property that refuse whatever a load tool
// sends: mostly it sends one value, and a test that is set up for another host,
// audience or origin is refused from its first upgrade on.
const wrongForAll = 0.5

// allAlike names the properties that all requests share and gateways decide by. What
// speaks of one of them in the refusals makes it the first.
func allAlike(s *study, h *hypothesis) (float64, bool) {
	var names, values []string
	for _, f := range s.common() {
		names, values = append(names, f.name), append(values, f.name+" = "+f.values[0])
	}
	if len(names) == 0 {
		return 0, false
	}
	h.attribute = &Attribute{Name: names[0], Value: strings.TrimPrefix(values[0], names[0]+" = "), SameAs: values[1:]}
	return wrongForAll, true
}

// decidedBy are the properties by which gateways mostly decide on all of a test, those
// most often wrong first.
var decidedBy = []string{"host", "audience", "origin", "path", "issuer", "scope", "client", "organisation", "user-agent", "source"}

// common returns the known properties of which all requests have one value.
func (s *study) common() []feature {
	f := s.gathered()
	var list []feature
	for _, name := range decidedBy {
		if c := f.named(name); c != nil && len(c.values) == 1 && c.values[0] != "" && len(c.labels) == f.n {
			list = append(list, c.feature)
		}
	}
	text := ""
	for _, a := range s.textsOnce() {
		text += a.text + "\n"
	}
	slices.SortStableFunc(list, func(a, b feature) int { return spokenFirst(text, a.name, b.name) })
	return list
}

func spokenFirst(text, a, b string) int {
	switch x, y := strings.Contains(text, a), strings.Contains(text, b); {
	case x && !y:
		return -1
	case y && !x:
		return 1
	}
	return 0
}

// downThroughout asks for an outage that began before the recording and outlasted it.
func downThroughout(s *study, h *hypothesis) (float64, bool) {
	h.variant = untilEnd
	h.threshold = &Threshold{Unit: "s"}
	return throughout, true
}

// worthTrying reports whether an experiment makes sense for a load of which nothing was
// accepted: there are no sockets to close or to stay below a limit with.
func (s *study) worthTrying(x *experiment) bool {
	return !s.noneAccepted() || x.name == freshTokens || x.name == agedTokens || x.name == slowRamp
}

// saysNoneAccepted is the verdict where nothing was accepted.
func (s *study) saysNoneAccepted(named []candidate) string {
	text := fmt.Sprintf("All %s were refused with %s, so that there is none to compare them with.", plural(s.refused, "upgrade"), s.majority)
	c := named[0]
	if c.best.cause == unknown {
		return text + " Nothing that would explain it was seen."
	}
	return fmt.Sprintf("%s Most probable %s (%s): %s.", text, phrased(c.best), percent(c.probability), c.best.story(s))
}

// phrased names the cause of a hypothesis after "most probable".
func phrased(h *hypothesis) string {
	p := h.phrase()
	if strings.HasSuffix(strings.Fields(p)[0], "s") || strings.Contains(p, "tokens") {
		return "are " + p
	}
	return "is " + p
}

// noneNotes says what a recording without an acceptance leaves open.
func noneNotes(s *study, f *Findings, hs []*hypothesis) []string {
	if len(hs) == 0 || !s.noneAccepted() {
		return nil
	}
	return []string{"Nothing was accepted: a limit that others had used up already, or a ban from before, would look the same. Record one upgrade that is accepted, from a client that works, beside these."}
}
