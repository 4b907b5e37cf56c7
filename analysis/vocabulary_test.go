package analysis

import (
	"slices"
	"testing"
)

func TestVocabularyHoldsEveryCause(t *testing.T) {
	for _, c := range causes() {
		if !slices.Contains(Vocabulary, c.name) {
			t.Errorf("cause %q is not in the vocabulary", c.name)
		}
	}
}
