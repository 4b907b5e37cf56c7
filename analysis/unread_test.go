package analysis

import (
	"strings"
	"testing"

	"why403/capture"
)

// TestUnreadConnections never says that nothing was refused where connections could
// not be decrypted.
func TestUnreadConnections(t *testing.T) {
	run := &capture.Run{Meta: capture.Meta{Started: 1, Ended: 2}}
	if f := Explain(run); f.Verdict.Status != NoRefusals {
		t.Errorf("without losses: %q", f.Verdict.Status)
	}
	run.Losses = []capture.Loss{{At: 1, Kind: capture.LostKeys, Count: 7, Detail: "no_key"}}
	f := Explain(run)
	if f.Verdict.Status != Insufficient || !strings.HasPrefix(f.Verdict.Says, "Statuses are unknown: 7 TLS connections could not be decrypted") {
		t.Errorf("got %q: %s", f.Verdict.Status, f.Verdict.Says)
	}
}
