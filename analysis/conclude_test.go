package analysis

import "testing"

// A verdict says what it leaves over, unless these can be accidents.
func TestVerdictSaysWhatItLeaves(t *testing.T) {
	s := &study{refused: 290}
	for left, want := range map[int]string{40: " 40 of 290 refusals remain unexplained.", 8: "", 0: ""} {
		h := &hypothesis{predicted: prediction{}, counts: Counts{N11: 290 - left, N01: left}}
		if got := s.leaves(h); got != want {
			t.Errorf("%d left over: %q", left, got)
		}
	}
}
