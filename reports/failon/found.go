package failon

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"why403/analysis"
)

// found is what the findings hold under a term's name.
type found struct {
	numbers []float64 // several: of each cause
	of      float64   // what a share is a share of, 0 if it has none
	words   []string
}

// measures are the names that take a number.
var measures = map[string]func(*analysis.Findings) found{
	"attempts":  func(f *analysis.Findings) found { return counted(f, f.Attempts) },
	"accepted":  func(f *analysis.Findings) found { return counted(f, f.Accepted) },
	"refused":   func(f *analysis.Findings) found { return counted(f, sum(f.Refused)+sum(f.RefusedInBand)) },
	"in-band":   func(f *analysis.Findings) found { return counted(f, sum(f.RefusedInBand)) },
	"failed":    func(f *analysis.Findings) found { return counted(f, sum(f.Failed)) },
	"pending":   func(f *analysis.Findings) found { return counted(f, f.Pending) },
	"peak-open": func(f *analysis.Findings) found { return found{numbers: []float64{float64(f.PeakOpen)}} },
	"threshold": thresholds,
	"probability": func(f *analysis.Findings) found {
		if len(f.Verdict.Causes) == 0 {
			return found{}
		}
		return found{numbers: []float64{f.Verdict.Causes[0].Probability}, of: 1}
	},
}

func counted(f *analysis.Findings, n int) found {
	return found{numbers: []float64{float64(n)}, of: float64(f.Attempts)}
}

func sum(m map[string]int) int {
	n := 0
	for _, v := range m {
		n += v
	}
	return n
}

func thresholds(f *analysis.Findings) found {
	var v found
	for _, c := range determined(f) {
		if c.Threshold != nil {
			v.numbers = append(v.numbers, c.Threshold.Value)
		}
	}
	return v
}

func determined(f *analysis.Findings) []analysis.Cause {
	if f.Verdict.Status != analysis.Determined {
		return nil
	}
	return f.Verdict.Causes
}

func find(f *analysis.Findings, t term) found {
	if code, ok := strings.CutPrefix(t.name, "refused."); ok {
		return counted(f, f.Refused[code]+f.RefusedInBand[code])
	}
	if of, ok := measures[t.name]; ok {
		return of(f)
	}
	return found{words: words(f, t.name)}
}

func words(f *analysis.Findings, property string) []string {
	out := []string{}
	switch property {
	case "verdict":
		return []string{string(f.Verdict.Status)}
	case "candidate":
		for _, c := range f.Verdict.Causes {
			out = append(out, c.Cause)
		}
	case "cause", "scope":
		for _, c := range determined(f) {
			if property == "cause" {
				out = append(out, c.Cause)
			} else {
				out = append(append(out, c.Scope), c.ScopeEquivalent...)
			}
		}
	}
	return out
}

func (v found) meets(t term) bool {
	if t.word != "" {
		return slices.Contains(v.words, t.word) == (t.compare == "=")
	}
	return slices.ContainsFunc(v.numbers, func(n float64) bool {
		if t.percent {
			if v.of == 0 {
				return false
			}
			n = 100 * n / v.of
		}
		return compare(n, t.compare, t.number)
	})
}

func compare(a float64, op string, b float64) bool {
	switch op {
	case ">":
		return a > b
	case ">=":
		return a >= b
	case "<":
		return a < b
	case "<=":
		return a <= b
	case "=":
		return a == b
	case "!=":
		return a != b
	}
	return false
}

// String words what was found: "71 of 160 (44.4 %)".
func (v found) String() string {
	if v.words != nil {
		if len(v.words) == 0 {
			return "none"
		}
		return strings.Join(v.words, ", ")
	}
	if len(v.numbers) == 0 {
		return "not known"
	}
	var out []string
	for _, n := range v.numbers {
		text := strconv.FormatFloat(n, 'f', -1, 64)
		if v.of > 1 {
			text += fmt.Sprintf(" of %.0f (%.3g %%)", v.of, 100*n/v.of)
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}
