package analysis_test

import (
	"slices"
	"testing"

	"why403/analysis"
	"why403/internal/sim/virtual"
)

// Of two causes at once in a long recording the second shows only after its beginning.
func TestLongRecordingNamesWhatCameLater(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten seconds of a processor")
	}
	t.Parallel()
	f := analysis.Explain(virtual.Sized("mixture", 60_000, 1))
	var got []string
	for _, c := range f.Verdict.Causes {
		got = append(got, c.Cause)
	}
	if want := []string{"concurrency-cap", "token-expired"}; f.Verdict.Status != analysis.Determined || !slices.Equal(got, want) {
		t.Errorf("%s: %v, want %v", f.Verdict.Status, got, want)
	}
}
