package analysis

import (
	"testing"

	"why403/internal/sim/virtual"
)

// Bursts are answered out of order, and the pairs of refusals with the most upgrades
// between them are those that lost their place: the bounds are kept below the rate.
func TestRateBoundsHoldInBursts(t *testing.T) {
	const rate = 1.7
	s := newStudy(virtual.Scene{
		Seed:    3,
		Loads:   []virtual.Load{{Threads: 80, Shape: virtual.Bursts, Waves: 7, Over: 42, Until: 250, Hold: 25, Pause: 7.5, Retries: 1, Backoff: 2}},
		Network: virtual.Network{Way: 0.012, Jitter: 0.0015}, Tokens: virtual.Tokens{Mode: virtual.PerThread},
		Gateway: virtual.Gateway{Work: 0.01, Rules: []virtual.Rule{virtual.Bucket(rate, 4, virtual.Global)}},
	}.Run())
	bounds := newRateFit(s, s.parts[0], s.readings[0], false).bounds()
	if len(bounds) == 0 {
		t.Fatal("no bounds")
	}
	for _, b := range bounds {
		if b.rate > rate || b.rate+b.width < rate {
			t.Errorf("%.4f to %.4f a second, want %v within", b.rate, b.rate+b.width, rate)
		}
	}
}

// Of few refusals each may have come amid a burst, where the recording cannot tell which upgrade was
// decided first: they bound the rate all the same.
func TestRateBoundsOfFewRefusals(t *testing.T) {
	run := familyCaseOf(t, "bucket-429-bursts", 1011308).Run
	v := Explain(virtual.Until(run, virtual.RefusedAt(run)[9])).Verdict
	if v.Status != Undetermined || v.Causes[0].Cause != "rate-limit" {
		t.Errorf("%s: %s", v.Status, v.Says)
	}
}
