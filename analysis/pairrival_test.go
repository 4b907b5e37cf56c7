package analysis

import "testing"

// Of two causes the one that both explanations share is no reason to take the other for settled.
func TestPairsThatShareACauseAreRivals(t *testing.T) {
	pair := func(p float64, wrong int, second *cause, calls ...forecast) candidate {
		parts := []*hypothesis{{cause: concurrencyCap}, {cause: second}}
		h := &hypothesis{cause: concurrencyCap, parts: parts, probability: p, counts: Counts{N11: 137, N10: wrong, N00: 92 - wrong}, predicted: calls}
		return candidate{best: h, probability: p}
	}
	young, out := pair(0.909, 2, tokenNotYetValid, toRefuse, toRefuse, toAccept), pair(0.091, 1, outage, toRefuse, toAccept, toAccept)
	s := &study{}
	if !s.rivalled(young, []candidate{young, out}) {
		t.Error("an outage beside the limit explains as much as young tokens do, and is 9 % probable")
	}
	if rare := pair(0.01, 1, outage, toRefuse, toAccept, toAccept); s.rivalled(young, []candidate{young, rare}) {
		t.Error("an improbable one is no rival")
	}
	if alone := (candidate{best: &hypothesis{cause: concurrencyCap, predicted: young.best.predicted}, probability: 0.9}); s.rivalled(alone, []candidate{alone, out}) {
		t.Error("a limit with an outage is no rival of the limit: that is named either way")
	}
}
