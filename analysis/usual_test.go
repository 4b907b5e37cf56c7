package analysis

import (
	"slices"
	"testing"

	"why403/analysis/covariate"
	"why403/internal/sim/virtual"
)

// Where storms stand far apart no boundary of a fixed window shows. One of a usual length is
// tried all the same, but none that the recording does not outlast.
func TestUsualWindowBeneathStorms(t *testing.T) {
	const window = 15
	scene := virtual.Scene{
		Seed:    1,
		Loads:   []virtual.Load{{Threads: 500, Shape: virtual.Bursts, Waves: 4, Over: 90, Until: 100, Hold: 12, Once: true}},
		Network: virtual.Network{Way: 0.002, Jitter: 0.002},
		Gateway: virtual.Gateway{Rules: []virtual.Rule{virtual.Window{N: 51, Length: window, Key: virtual.Global, Attempts: true}.Rule()}},
	}
	s := newStudy(scene.Run())
	s.begin()
	w := newWindowFit(&quotaFit{s: s, part: s.partition("global")}, aligned, windowCount{covariate.AllAttempts, covariate.Reading{}})
	tried := w.candidates(s.binWidth(w.reading))
	if !slices.Contains(tried, window) || slices.Contains(tried, 120) {
		t.Errorf("tried %.3f s of %.0f s", tried, s.span())
	}
}
