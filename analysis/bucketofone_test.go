package analysis

import (
	"math"
	"slices"
	"strings"
	"testing"

	"why403/internal/sim/virtual"
)

// One upgrade in a window since the last is a bucket that holds one: no choice is left
// between them. A window of two is no bucket.
func TestBucketOfOne(t *testing.T) {
	const rate = 0.71
	for _, c := range []struct {
		name  string
		rule  virtual.Rule
		cause string
	}{
		{"bucket", virtual.Bucket(rate, 1, virtual.Global), "rate-limit"},
		{"window", virtual.Sliding(1, 1/rate, virtual.Global), "rate-limit"},
		{"window of two", virtual.Sliding(2, 2/rate, virtual.Global), "quota"},
	} {
		f := explain(virtual.Scene{
			Seed: 5, Loads: []virtual.Load{{Threads: 12, Over: 10, Until: 200, Hold: 3, Pause: 9, Spread: 0.5}},
			Network: virtual.Network{Way: 0.003, Jitter: 0.001},
			Gateway: virtual.Gateway{Work: 0.002, Rules: []virtual.Rule{c.rule}},
		}.Run())
		if f.Verdict.Status != Determined || f.Verdict.Causes[0].Cause != c.cause {
			t.Errorf("%s: %s", c.name, f.Verdict.Says)
			continue
		}
		if c.cause == "quota" {
			continue
		}
		if v := f.Verdict.Causes[0].Threshold.Value; math.Abs(v-rate) > 0.01*rate || !strings.Contains(f.Verdict.Says, "one upgrade through every 1.4 s") {
			t.Errorf("%s: %s", c.name, f.Verdict.Says)
		}
		again := func(h Hypothesis) bool { return h.Cause == "quota" && h.Scope == "global" && h.Probability > 0.01 }
		if slices.ContainsFunc(f.Hypotheses, again) {
			t.Errorf("%s: a quota beside it", c.name)
		}
	}
}
