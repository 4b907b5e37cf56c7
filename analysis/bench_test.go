package analysis

import (
	"fmt"
	"testing"

	"why403/internal/sim/virtual"
)

// BenchmarkExplain shows how the time grows with the number of attempts, for each kind
// of what refuses them. One analysis of each is enough: -benchtime 1x.
func BenchmarkExplain(b *testing.B) {
	for _, shape := range virtual.SizedShapes {
		for _, n := range []int{10_000, 100_000, 1_000_000} {
			b.Run(fmt.Sprint(shape, "/", n), func(b *testing.B) {
				run := virtual.Sized(shape, n, 1)
				b.ReportAllocs()
				for b.Loop() {
					Explain(run)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(run.Upgrades)), "ns/attempt")
			})
		}
	}
}
