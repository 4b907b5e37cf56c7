package main

import (
	"fmt"
	"io"

	"why403/analysis"
)

// bins compares stated probabilities with how often they were right.
func bins(out io.Writer, title string, marks []mark) {
	edges := []float64{0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1.0000001}
	fmt.Fprintf(out, "\n| probability stated of the first cause, %s | findings | mean stated | right |\n|---|--:|--:|--:|\n", title)
	for i := range len(edges) - 1 {
		n, right, sum := 0, 0, 0.0
		for _, m := range marks {
			if !m.named || m.stated < edges[i] || m.stated >= edges[i+1] {
				continue
			}
			n++
			sum += m.stated
			if m.right {
				right++
			}
		}
		if n > 0 {
			fmt.Fprintf(out, "| %g to %g | %d | %.3f | %.3f |\n", edges[i], min(1, edges[i+1]), n, sum/float64(n), float64(right)/float64(n))
		}
	}
}

func prefixes(out io.Writer, cut []mark) {
	var determined, wrong int
	for _, m := range cut {
		if m.status == analysis.Determined {
			determined++
			if m.wrongCause {
				wrong++
			}
		}
	}
	fmt.Fprintf(out, "\n%d prefixes, %d determined, %d of these wrong.\n", len(cut), determined, wrong)
}
