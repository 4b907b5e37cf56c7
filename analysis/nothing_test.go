package analysis

import (
	"strings"
	"testing"

	"why403/capture"
)

// That nothing was refused is said only of what could be read.
func TestNothingRefused(t *testing.T) {
	lost := func(kind capture.LossKind) []capture.Loss { return []capture.Loss{{Kind: kind, Count: 3}} }
	tests := []struct {
		name   string
		losses []capture.Loss
		found  Findings
		want   Status
		says   string
	}{
		{"all read", nil, Findings{Attempts: 5, Accepted: 5, PeakOpen: 2}, NoRefusals, "No upgrade was refused: 5 accepted upgrades, at most 2 open at once."},
		{"some without an answer", nil, Findings{Attempts: 5, Accepted: 3, Failed: map[string]int{"dropped": 2}}, NoRefusals, "; 2 got no answer."},
		{"a gap beside what was read", lost(capture.LostGap), Findings{Attempts: 5, Accepted: 5}, NoRefusals, "No upgrade was refused"},
		{"nothing but gaps", lost(capture.LostGap), Findings{}, Insufficient, "upgrades and refusals may be in it"},
		{"no keys", lost(capture.LostKeys), Findings{Attempts: 5, Accepted: 5}, Insufficient, "3 TLS connections could not be decrypted"},
		{"nothing at all", nil, Findings{}, NoRefusals, "0 accepted upgrades"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &study{run: &capture.Run{Losses: tt.losses}}
			f := tt.found
			s.nothingRefused(&f)
			if f.Verdict.Status != tt.want || !strings.Contains(f.Verdict.Says, tt.says) {
				t.Errorf("%s: %q, want %s: %q", f.Verdict.Status, f.Verdict.Says, tt.want, tt.says)
			}
		})
	}
}
