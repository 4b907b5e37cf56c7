package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

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
			for _, line := range r.astray {
				fmt.Fprintln(&bad, line)
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
	row("true cause alone or among the candidates, none else determined", "", func(r result) (bool, bool) { return r.mark.found, kind(virtual.Open)(r) })
	row("too few, or none", "", func(r result) (bool, bool) { return r.mark.found, kind(virtual.Few)(r) || kind(virtual.None)(r) })
	row("determined, and a cause is wrong", "0", func(r result) (bool, bool) { return r.mark.wrongCause, true })
	row("determined, and a scope is wrong", "0", func(r result) (bool, bool) { return r.mark.wrongScope, true })
}
