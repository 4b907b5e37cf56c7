package reports

import (
	"fmt"
	"io"
	"strings"

	"why403/analysis"
)

// explainWidth is the longest line of Explain in characters; only a word that is
// longer on its own goes beyond.
const explainWidth = 100

// Explain writes the long form for a terminal: verdict, hypotheses, what to do,
// the next experiment and notes.
func Explain(w io.Writer, f *analysis.Findings) error {
	var e explainer
	e.verdict(f)
	e.causes(f)
	e.hypotheses(f.Hypotheses)
	e.experiment(f)
	e.list("Keep in mind", mind(f))
	_, err := io.WriteString(w, visible(e.String()))
	return err
}

type explainer struct{ strings.Builder }

func (e *explainer) verdict(f *analysis.Findings) {
	e.para("", strings.ToUpper(badge(f)))
	e.para("", f.Verdict.Says)
	e.para("", sentence(append(evidence(f), peak(f))))
	if a := f.AnsweredBy; a != nil {
		for _, x := range answeredFacts(a) {
			e.para("", sentence([]string{x.Name + ": " + x.Value}))
		}
	}
}

func (e *explainer) causes(f *analysis.Findings) {
	for _, c := range f.Verdict.Causes {
		e.heading(title(c) + ", " + probability(c.Probability))
		e.para("  ", c.Says)
		if p := parameter(c.Cause, c.Threshold, c.Linger, nil); p != "" {
			e.para("  ", "Parameter: "+p)
		}
		if len(c.ScopeEquivalent) > 0 {
			e.para("  ", "These scopes would have refused the same upgrades: "+strings.Join(scopesOf(c.ScopeEquivalent), ", "))
		}
		for _, do := range c.Do {
			e.item("  do          ", do)
		}
		if c.WouldRefute != "" {
			e.item("  refuted by  ", c.WouldRefute)
		}
	}
}

func (e *explainer) hypotheses(all []analysis.Hypothesis) {
	if len(all) == 0 {
		return
	}
	more := max(0, len(all)-hypothesisRows)
	all = all[:len(all)-more]
	e.heading("Everything considered")
	names := make([]string, len(all))
	width := len("cause")
	for i, h := range all {
		names[i] = line(scopedName(h.Cause, h.Scope))
		width = max(width, runes(names[i]))
	}
	width = min(width, 40)
	lead := func(name, p string) string { return "  " + pad(name, width) + "  " + padLeft(p, 7) + "  " }
	e.item(lead("cause", "prob."), "why it stands or falls")
	for i, h := range all {
		e.item(lead(names[i], probability(h.Probability)), h.Says)
	}
	if more > 0 {
		e.para("  ", count(more)+" more, less probable still, are not listed.")
	}
}

func (e *explainer) experiment(f *analysis.Findings) {
	x := f.NextExperiment
	if x == nil {
		return
	}
	e.heading("Next experiment: " + x.Name)
	e.para("  ", sentence([]string{line(x.Why)}))
	for i, step := range x.Do {
		e.item(fmt.Sprintf("  %d. ", i+1), step)
	}
	e.predictions(f)
}

func (e *explainer) list(title string, items []string) {
	if len(items) == 0 {
		return
	}
	e.heading(title)
	for _, s := range items {
		e.item("  - ", s)
	}
}

func (e *explainer) heading(s string) { e.WriteString("\n" + line(s) + "\n") }

func (e *explainer) para(indent, s string) {
	if s != "" {
		e.item(indent, s)
	}
}

// item writes a lead and the text beside it, wrapped under its own start.
func (e *explainer) item(lead, s string) {
	indent := runes(lead)
	for i, l := range wrap(line(s), explainWidth-indent) {
		if i > 0 {
			lead = strings.Repeat(" ", indent)
		}
		e.WriteString(strings.TrimRight(lead+l, " ") + "\n")
	}
}

// wrap breaks s into lines of at most width characters at spaces.
func wrap(s string, width int) []string {
	var lines []string
	cur := ""
	for word := range strings.FieldsSeq(s) {
		switch {
		case cur == "":
			cur = word
		case runes(cur)+1+runes(word) <= width:
			cur += " " + word
		default:
			lines = append(lines, cur)
			cur = word
		}
	}
	return append(lines, cur)
}

func runes(s string) int { return len([]rune(s)) }

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-runes(s)))
}

func padLeft(s string, width int) string {
	return strings.Repeat(" ", max(0, width-runes(s))) + s
}
