package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// printTable prints medians with their spread, and shares of the first row that has
// figures, round by round.
func printTable(w io.Writer, m measurement, figures [][][]float64) {
	fmt.Fprintf(w, "\n%s (median [least–most] of %d rounds)\n\n| |", m.title, rounds(figures))
	for _, c := range m.columns {
		fmt.Fprintf(w, " %s | ratio |", c)
	}
	fmt.Fprintf(w, "\n|---|%s\n", strings.Repeat("---:|---:|", len(m.columns)))
	base := slices.IndexFunc(figures, func(rounds [][]float64) bool { return len(rounds) > 0 })
	for i, rounds := range figures {
		if len(rounds) == 0 {
			continue
		}
		fmt.Fprintf(w, "| %s |", starters[i].name)
		for c := range m.columns {
			ratio := ""
			if i != base && median(column(figures[base], c)) > 0 {
				ratio = fmt.Sprintf("%.2f", median(ratios(rounds, figures[base], c)))
			}
			fmt.Fprintf(w, " %s | %s |", spread(column(rounds, c)), ratio)
		}
		fmt.Fprintln(w)
	}
}

func rounds(figures [][][]float64) int {
	most := 0
	for _, f := range figures {
		most = max(most, len(f))
	}
	return most
}

func column(rounds [][]float64, c int) []float64 {
	var v []float64
	for _, r := range rounds {
		v = append(v, r[c])
	}
	return v
}

// ratios returns each round's figure as a share of the base's of the same round.
func ratios(rounds, base [][]float64, c int) []float64 {
	var v []float64
	for i := range min(len(rounds), len(base)) {
		v = append(v, rounds[i][c]/base[i][c])
	}
	return v
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}

func spread(v []float64) string {
	format := "%.0f [%.0f–%.0f]"
	if median(v) < 100 {
		format = "%.1f [%.1f–%.1f]"
	}
	return fmt.Sprintf(format, median(v), slices.Min(v), slices.Max(v))
}
