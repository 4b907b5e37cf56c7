package analysis_test

import (
	"slices"
	"strings"
	"testing"

	"why403/analysis"
	"why403/internal/sim/virtual"
)

// Of two causes at once in a long recording the second shows only after its beginning.
// What the beginning rules out is told of as it was there.
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
	for _, h := range f.Hypotheses {
		all := h.Counts.N11+h.Counts.N10+h.Counts.N01+h.Counts.N00 >= f.Attempts-f.Pending
		begun := strings.HasPrefix(h.Says, "Ruled out: of the first 200")
		switch limit := h.Cause == "rate-limit" && h.Threshold != nil; {
		case limit && (!begun || all || h.Probability > 1e-20):
			t.Errorf("%s/%s: %.3g, counts %+v: %s", h.Cause, h.Scope, h.Probability, h.Counts, h.Says)
		case begun && len(h.With) > 0:
			t.Errorf("%s/%s with %v: %s", h.Cause, h.Scope, h.With, h.Says)
		}
	}
}
