package analysis

import (
	"math"
	"math/rand/v2"
	"testing"
)

// What a fixed window is off by adds up: of one in three hundred the beginning of a recording
// tells too little.
func TestFixedWindowsOfLongRecording(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds and 0.4 GB")
	}
	const length, most = 31.37, 835
	window, counted := 0.0, 0
	f := Explain(asked(300_000, 33, func(at float64) bool {
		if n := math.Floor(at / length); n != window {
			window, counted = n, 0
		}
		if counted++; counted > most {
			return false
		}
		return true
	}))
	if len(f.Verdict.Causes) != 1 || f.Verdict.Causes[0].Cause != "quota" || f.Verdict.Causes[0].Threshold.Value != most || f.Verdict.Status != Determined {
		t.Errorf("%s: %s", f.Verdict.Status, f.Verdict.Says)
	}
	if h := f.Hypotheses[0]; h.Counts.N10+h.Counts.N01 > 20 {
		t.Errorf("it is wrong about %+v", h.Counts)
	}
}

// Many boundaries tell a window more closely than each by itself.
func TestSharpened(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const x = 47.3
	var at []span
	for k := range 300 {
		end := x * float64(k+1)
		at = append(at, span{end - 0.03*r.Float64(), end + 0.03*r.Float64()})
	}
	about := tuned(at, x+0.0004)
	if got := sharpened(at, about); math.Abs(got-x) > 4e-6 || math.Abs(about-x) < 4e-6 {
		t.Errorf("%.7f, from %.7f, want %.7f", got, about, x)
	}
}
