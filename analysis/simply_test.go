package analysis

import (
	"testing"

	"why403/analysis/covariate"
)

// Two causes are not determined while one of them may do alone, nor two limits that would have
// refused much of what was let through.
func TestPairsAreNoCatchAll(t *testing.T) {
	calls, others := prediction{toRefuse, toAccept}, prediction{toRefuse, toRefuse}
	both := &hypothesis{cause: rateLimit, parts: []*hypothesis{{cause: rateLimit}, {cause: concurrencyCap}}, probability: 0.93, predicted: calls,
		counts: Counts{N11: 100, N00: 300}}
	s := &study{refused: 100, table: &covariate.Table{Attempts: make([]covariate.Attempt, 400)}}
	for _, c := range []struct {
		name  string
		alone *hypothesis
		want  bool
	}{
		{"alone", &hypothesis{cause: concurrencyCap, probability: 0.03, predicted: others, counts: Counts{N11: 100, N10: 10, N00: 290}}, true},
		{"alone, improbable", &hypothesis{cause: concurrencyCap, probability: 0.001, predicted: others, counts: Counts{N11: 100, N10: 10, N00: 290}}, false},
		{"alone, too often wrong", &hypothesis{cause: concurrencyCap, probability: 0.03, predicted: others, counts: Counts{N11: 60, N01: 40, N00: 300}}, false},
	} {
		all := byCause([]*hypothesis{both, c.alone})
		if got := s.rivalled(all[0], all); got != c.want {
			t.Errorf("%s: rivalled %v", c.name, got)
		}
	}
	limits := &hypothesis{parts: []*hypothesis{{cause: rateLimit}, {cause: quota}}, counts: Counts{N11: 240, N10: 10, N00: 230}}
	if !limits.outrun() {
		t.Error("two limits may refuse 10 of 240 accepted upgrades")
	}
	if limits.counts.N10 = 4; limits.outrun() {
		t.Error("two limits may not slip four times")
	}
	limits.counts.N10, limits.parts[1].cause = 10, attribute
	if limits.outrun() {
		t.Error("an attribute beside a limit is taken for a second one")
	}
}
