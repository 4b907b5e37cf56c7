package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"why403/analysis"
	"why403/internal/sim/virtual"
)

// report prints the tables.
func report(out io.Writer, o options, results []result) {
	byFamily(out, o, results)
	overall(out, results)
	var whole, cut []mark
	for _, r := range results {
		if r.Truth.Kind == virtual.None || r.Truth.Kind == virtual.Few {
			continue
		}
		whole = append(whole, r.mark)
		cut = append(cut, r.prefixes...)
	}
	bins(out, "whole recordings", whole)
	if len(cut) > 0 {
		bins(out, "prefixes cut at the 6th to 200th refusal", cut)
		prefixes(out, cut)
	}
	trials(out, results)
}

func byFamily(out io.Writer, o options, results []result) {
	fmt.Fprintf(out, "| family | kind | runs | first right | verdict right | threshold exact | determined wrong: cause | scope |\n|---|---|--:|--:|--:|--:|--:|--:|\n")
	var bad strings.Builder
	for len(results) > 0 {
		name := results[0].Family.Name
		n := slices.IndexFunc(results, func(r result) bool { return r.Family.Name != name })
		if n < 0 {
			n = len(results)
		}
		of := results[:n]
		results = results[n:]
		fmt.Fprintf(out, "| %s | %s | %d | %s | %s | %s | %d | %d |\n", name, of[0].Truth.Kind, n,
			ratio(of, func(m mark) (bool, bool) { return m.top, of[0].Truth.Kind == virtual.Identifiable }),
			ratio(of, func(m mark) (bool, bool) { return m.found, true }),
			ratio(of, func(m mark) (bool, bool) { return m.exact, m.hasExact }),
			count(of, func(m mark) bool { return m.wrongCause }), count(of, func(m mark) bool { return m.wrongScope }))
		for _, r := range of {
			if o.verbose || !r.mark.found || r.mark.wrongCause || r.mark.wrongScope {
				fmt.Fprintln(&bad, r)
			}
			if t := r.experiment; t != nil && t.known && (o.verbose || !t.mark.found) {
				both := r
				both.findings = t.findings
				fmt.Fprintf(&bad, "after %q: %v\n", t.name, both)
			}
		}
	}
	if bad.Len() > 0 {
		fmt.Fprintf(out, "\n%s\n", bad.String())
	}
}

// String tells what was found in a case, on one line.
func (r result) String() string {
	f := r.findings
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d: %d attempts, %d refused, %s", r.Family.Name, r.Seed, f.Attempts, f.Attempts-f.Accepted, f.Verdict.Status)
	for _, h := range f.Hypotheses[:min(4, len(f.Hypotheses))] {
		fmt.Fprintf(&b, " | %s/%s %.3f", h.Cause, h.Scope, h.Probability)
		if h.Threshold != nil {
			fmt.Fprintf(&b, " %.5g", h.Threshold.Value)
		}
		if h.Attribute != nil {
			fmt.Fprintf(&b, " %s=%s", h.Attribute.Name, h.Attribute.Value)
		}
		fmt.Fprintf(&b, " %v", h.Counts)
	}
	b.WriteString(" | verdict")
	for _, c := range f.Verdict.Causes {
		fmt.Fprintf(&b, " %s/%s", c.Cause, c.Scope)
	}
	b.WriteString(" | want")
	for _, w := range r.Truth.Causes {
		fmt.Fprintf(&b, " %s %v %.5g %s", w.Cause, w.Scopes, w.Value, w.Of)
	}
	return b.String()
}

func ratio(of []result, is func(mark) (yes, counts bool)) string {
	n, yes := 0, 0
	for _, r := range of {
		y, counts := is(r.mark)
		if counts {
			n++
			if y {
				yes++
			}
		}
	}
	if n == 0 {
		return "–"
	}
	return fmt.Sprintf("%d/%d", yes, n)
}

func count(of []result, is func(mark) bool) int {
	n := 0
	for _, r := range of {
		if is(r.mark) {
			n++
		}
	}
	return n
}

func overall(out io.Writer, results []result) {
	fmt.Fprintf(out, "\n| what | share | runs | asked for |\n|---|--:|--:|--:|\n")
	row := func(what, asked string, of func(result) (yes, counts bool)) {
		n, yes := 0, 0
		for _, r := range results {
			if y, counts := of(r); counts {
				n++
				if y {
					yes++
				}
			}
		}
		if n > 0 {
			fmt.Fprintf(out, "| %s | %.1f %% | %d of %d | %s |\n", what, 100*float64(yes)/float64(n), yes, n, asked)
		}
	}
	kind := func(k virtual.Kind) func(result) bool { return func(r result) bool { return r.Truth.Kind == k } }
	ident := kind(virtual.Identifiable)
	row("identifiable: first cause and scope right", "≥ 97 %", func(r result) (bool, bool) { return r.mark.top, ident(r) })
	row("identifiable: determined and right", "", func(r result) (bool, bool) { return r.mark.found, ident(r) })
	row("of these with linger, window, ban or bucket", "≥ 95 %", func(r result) (bool, bool) { return r.mark.top, ident(r) && r.Family.Timed })
	row("thresholds exact where determined", "", func(r result) (bool, bool) { return r.mark.exact, ident(r) && r.mark.hasExact })
	row("outside the vocabulary: not determined as something else", "≥ 95 %", func(r result) (bool, bool) { return r.mark.found, kind(virtual.Foreign)(r) })
	row("confounded: undetermined, true cause named, experiment separates", "≥ 97 %", func(r result) (bool, bool) { return r.mark.found, kind(virtual.Confounded)(r) })
	row("too few, or none", "", func(r result) (bool, bool) { return r.mark.found, kind(virtual.Few)(r) || kind(virtual.None)(r) })
	row("determined, and a cause is wrong", "0", func(r result) (bool, bool) { return r.mark.wrongCause, true })
	row("determined, and a scope is wrong", "0", func(r result) (bool, bool) { return r.mark.wrongScope, true })
}

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

func trials(out io.Writer, results []result) {
	type tally struct{ runs, known, right, wrong int }
	by := map[[2]string]*tally{}
	var keys [][2]string
	for _, r := range results {
		if r.experiment == nil {
			continue
		}
		k := [2]string{r.Family.Name, r.experiment.name}
		if by[k] == nil {
			by[k] = &tally{}
			keys = append(keys, k)
		}
		t := by[k]
		t.runs++
		m := r.experiment.mark
		if r.experiment.known {
			t.known++
		}
		if r.experiment.known && m.found {
			t.right++
		}
		if m.wrongCause {
			t.wrong++
		}
	}
	if len(keys) == 0 {
		return
	}
	slices.SortFunc(keys, func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	fmt.Fprintf(out, "\n| confounded family | experiment proposed | runs | simulated | then determined and right | and wrong |\n|---|---|--:|--:|--:|--:|\n")
	for _, k := range keys {
		t := by[k]
		fmt.Fprintf(out, "| %s | %s | %d | %d | %d | %d |\n", k[0], cmp.Or(k[1], "none"), t.runs, t.known, t.right, t.wrong)
	}
}
