package analysis

import (
	"fmt"
	"testing"

	"why403/capture"
	"why403/internal/sim/virtual"
)

// BenchmarkExplain shows how the time grows with the number of attempts: each size
// is about three times the one before.
func BenchmarkExplain(b *testing.B) {
	for _, n := range []int{10_000, 30_000, 100_000, 300_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			run := sized(n)
			b.ReportAllocs()
			for b.Loop() {
				Explain(run)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(run.Upgrades)), "ns/attempt")
		})
	}
}

var sizedRuns = map[int]*capture.Run{}

func sized(n int) *capture.Run {
	if sizedRuns[n] == nil {
		clear(sizedRuns) // one of them at a time
		sizedRuns[n] = virtual.Sized("cap", n, 1)
	}
	return sizedRuns[n]
}
