package proxy

import (
	"math"
	"strings"
	"testing"
)

func TestControlNote(t *testing.T) {
	for _, tt := range []struct {
		name                              string
		tunnels, brief, answered, refused int64
		suspect                           bool
	}{
		{"only the recorded are refused", 50, 0, 450, 200, true},
		{"all of the recorded are", 10, 0, 90, 90, true},
		{"both alike", 50, 22, 450, 200, false},
		{"too few to tell", 3, 0, 27, 12, false},
		{"tunnels are brief for another reason", 50, 50, 450, 200, false},
		{"nothing refused", 50, 0, 450, 0, false},
		{"nothing recorded", 5, 5, 0, 0, false},
	} {
		note := controlNote(tt.tunnels, tt.brief, tt.answered, tt.refused)
		if got := strings.Contains(note, "through this proxy"); got != tt.suspect {
			t.Errorf("%s: %q", tt.name, note)
		}
	}
}

func TestAtMost(t *testing.T) {
	for _, tt := range []struct {
		k, n, marked, total int64
		want                float64
	}{
		{0, 5, 5, 10, 1. / 252},        // one of all ways to draw
		{1, 5, 5, 10, (1. + 25) / 252}, //
		{5, 5, 5, 10, 1},
		{0, 0, 3, 7, 1},
		{0, 6, 3, 7, 0}, // at least two are marked
	} {
		if got := atMost(tt.k, tt.n, tt.marked, tt.total); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("atMost(%d, %d, %d, %d) = %v, want %v", tt.k, tt.n, tt.marked, tt.total, got, tt.want)
		}
	}
}
