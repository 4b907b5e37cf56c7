package analysis

import (
	"testing"

	"why403/internal/sim/virtual"
)

// However long the recording, what cannot be is less probable than chance.
func TestImpossibleIsLessThanChance(t *testing.T) {
	for _, n := range []int{1_000, 50_000} {
		s := newStudy(virtual.Sized("random", n, 1))
		if chance := weighRandom(s)[0].logEvidence; chance < s.impossible()+100 {
			t.Errorf("%d attempts: %.0f for chance, %.0f for what cannot be", n, chance, s.impossible())
		}
	}
}
