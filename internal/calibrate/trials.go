package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
)

// trials prints what became of the experiments.
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
