package analysis

import (
	"math/rand/v2"
	"testing"

	"why403/analysis/evidence"
)

// A window that counts attempts, refused ones too, is found also where so few windows end that
// nothing suggests its length; a ban that begins with as many would be right about nearly all.
func TestFewSlidingWindowsOfAttempts(t *testing.T) {
	const n, length = 141, 43.0
	r := rand.New(rand.NewPCG(7, 1))
	var at []float64
	for wave := range 3 {
		for _, x := range poisson(r, 60, 1) {
			at = append(at, float64(120*wave)+x)
		}
		for _, x := range poisson(r, 200, 4.5) {
			at = append(at, float64(120*wave+70)+x)
		}
	}
	var past []float64
	run := arrivals{at: at, slow: 0.001, holds: 8}.run(r, func(_ int, at float64) bool {
		for len(past) > 0 && past[0] <= at-length {
			past = past[1:]
		}
		past = append(past, at)
		return len(past) > n
	})
	f := explain(run)
	if f.Verdict.Status != Determined || f.Verdict.Causes[0].Cause != "quota" {
		t.Fatalf("%s: %s", f.Verdict.Status, f.Verdict.Says)
	}
	c := f.Verdict.Causes[0]
	if c.Threshold.Value != n || c.Window.Low > length || c.Window.High < length {
		t.Errorf("%v in %+v, want %v in %v s", c.Threshold.Value, c.Window, n, length)
	}
}

// The window of a kind that fits as well is one that the recording leaves.
func TestWindowSpansTheKindsThatFit(t *testing.T) {
	try := func(limit, logLik, low, high float64) quotaTry {
		return quotaTry{window: &Threshold{Low: low, High: high}, result: evidence.Result{Best: evidence.Cell{UpTo: limit, LogLik: logLik}}}
	}
	tries := []quotaTry{try(25, -2, 5, 6), try(25, -3, 8, 9), try(26, -2, 1, 20), try(25, -9, 1, 20), {}}
	w := *tries[0].window
	w.spread(tries, &tries[0])
	if w.Low != 5 || w.High != 9 {
		t.Errorf("%v to %v s, want 5 to 9 s", w.Low, w.High)
	}
	var lasting *Threshold
	lasting.spread(tries, &tries[0])
}
