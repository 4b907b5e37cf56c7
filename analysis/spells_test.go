package analysis

import (
	"math"
	"testing"
)

// Spells of any number are one hypothesis, and no number has the probability of all.
func TestLogOfSpells(t *testing.T) {
	sum := 0.0
	for n := 1; n <= mostSpells; n++ {
		sum += math.Exp(logOfSpells(2 * n))
	}
	if sum < 0.8 || sum > 1.2 {
		t.Errorf("numbers of spells have %.2f of the probability", sum)
	}
}
