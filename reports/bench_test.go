package reports

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"why403/analysis"
)

// BenchmarkReport makes exhibits and page of runs of 100,000 and 1,000,000 upgrades.
// The verdict is the fixture's: what it costs is package analysis's to measure.
func BenchmarkReport(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			fx := load{n: n, limit: 900, lasts: 2 * time.Hour, seed: 7}.record()
			b.ResetTimer()
			var page bytes.Buffer
			for range b.N {
				page.Reset()
				if err := HTML(&page, fx.run, fx.f, analysis.Exhibit(fx.run, fx.f)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(page.Len()), "page_bytes")
		})
	}
}
