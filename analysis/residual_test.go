package analysis

import "testing"

// Five refusals of 120 are few to leave over, but not beside a cause that explains only
// sixteen that the other does not.
func TestLesserCauseAnswersForWhatIsLeft(t *testing.T) {
	alone := &hypothesis{counts: Counts{N11: 115, N01: 5, N00: 102}}
	both := &hypothesis{counts: alone.counts, parts: []*hypothesis{alone, alone}, alone: 16}
	large := &hypothesis{counts: alone.counts, parts: both.parts, alone: 100}
	for name, c := range map[string]struct {
		h    *hypothesis
		want bool
	}{"one cause": {alone, true}, "a lesser one": {both, false}, "two about alike": {large, true}} {
		if got := new(study).nearlyRight(c.h); got != c.want {
			t.Errorf("%s: nearly right %v", name, got)
		}
	}
}
