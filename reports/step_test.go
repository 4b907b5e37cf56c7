package reports

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOptionsAreCutOut(t *testing.T) {
	tests := []struct {
		in   string
		want step
	}{
		{"Wait longer.", step{{Text: "Wait longer."}}},
		{"Run (-Jtoken.mode=iteration), or -Jrampup=30.", step{
			{Text: "Run ("}, {Text: "-Jtoken.mode=iteration", Option: true}, {Text: "), or "},
			{Text: "-Jrampup=30", Option: true}, {Text: "."},
		}},
	}
	for _, tt := range tests {
		if d := cmp.Diff(tt.want, cutOptions(tt.in)); d != "" {
			t.Errorf("cutOptions(%q) (-want +got):\n%s", tt.in, d)
		}
	}
}
