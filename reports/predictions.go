package reports

import (
	"slices"
	"strings"

	"why403/analysis"
)

// prediction is what one candidate expects of the next experiment.
type prediction struct {
	Name  string
	All   expectation
	Parts []expectation // of each part that is counted apart, in the experiment's order
}

// expectation is the share of upgrades that would be refused, as text and as the
// width of a bar.
type expectation struct{ Share, Width string }

func expected(share float64) expectation { return expectation{percent(share), barWidth(share)} }

// predictions are those of the next experiment, candidates first in the order of
// the verdict, the others by name.
func predictions(f *analysis.Findings) []prediction {
	x := f.NextExperiment
	if x == nil {
		return nil
	}
	var out []prediction
	for _, c := range predicting(f) {
		p := prediction{Name: line(causeName(c)), All: expected(x.Predictions[c])}
		for _, part := range x.Parts {
			p.Parts = append(p.Parts, expected(part.Predictions[c]))
		}
		out = append(out, p)
	}
	return out
}

// predicting are the causes that the next experiment has predictions of.
func predicting(f *analysis.Findings) []string {
	order := map[string]int{}
	for i, c := range f.Verdict.Causes {
		if _, have := order[c.Cause]; !have {
			order[c.Cause] = i - len(f.Verdict.Causes)
		}
	}
	causes := make([]string, 0, len(f.NextExperiment.Predictions))
	for c := range f.NextExperiment.Predictions {
		causes = append(causes, c)
	}
	slices.SortFunc(causes, func(a, b string) int {
		if d := order[a] - order[b]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return causes
}

// countedApart names the parts of the next experiment.
func countedApart(x *analysis.Experiment) []string {
	var names []string
	for _, part := range x.Parts {
		names = append(names, line(part.Of))
	}
	return names
}

// predictions writes the share refused that each candidate expects, of all upgrades
// and of each part.
func (e *explainer) predictions(f *analysis.Findings) {
	const name, share = 28, 7
	all := predictions(f)
	if len(all) == 0 {
		return
	}
	parts := countedApart(f.NextExperiment)
	e.para("  ", "Share refused if this is the cause: of all upgrades"+among(parts)+".")
	for _, p := range all {
		row := "  " + pad(p.Name, name) + padLeft(p.All.Share, share)
		for _, part := range p.Parts {
			row += padLeft(part.Share, share+1)
		}
		e.WriteString(row + "\n")
	}
}

// among continues a sentence with the parts, in the order of the columns.
func among(parts []string) string {
	if len(parts) == 0 {
		return ""
	}
	return ", then of " + strings.Join(parts, ", of ")
}
