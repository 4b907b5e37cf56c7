package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strings"

	"why403/analysis"
)

// CompareJSON writes a comparison in the form that docs/compare.md describes.
func CompareJSON(w io.Writer, c *analysis.Comparison) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(c); err != nil {
		return fmt.Errorf("write comparison as JSON: %w", err)
	}
	_, err := io.WriteString(w, escapeInvisible(b.String()))
	return err
}

// CompareText writes a comparison for a terminal: the answer, the two recordings,
// every number with its interval, the curves and notes.
func CompareText(w io.Writer, c *analysis.Comparison) error {
	var e explainer
	_, word := comparisonStatus(c.Status)
	e.para("", strings.ToUpper(word))
	e.para("", c.Says)
	for _, side := range comparedViews(c) {
		e.WriteString("\n")
		e.item("  "+side.Letter+"  ", side.Counts)
		e.item("     ", side.Badge+": "+side.Says)
	}
	e.measures(c)
	for _, curve := range c.Curves {
		e.curve(curve)
	}
	e.list("Keep in mind", append(lines(c.Notes), levelNote(c)))
	_, err := io.WriteString(w, visible(e.String()))
	return err
}

func (e *explainer) measures(c *analysis.Comparison) {
	rows := [][]string{{"", "A", "B", "B less A"}}
	for _, m := range measuresOf(c) {
		rows = append(rows, []string{m.Name, m.A, m.B, m.Delta + m.Mark})
	}
	e.table("Numbers", rows)
}

func (e *explainer) curve(c analysis.Curve) {
	rows := [][]string{{line(c.Covariate), "A refused", "B refused", "B less A"}}
	for _, b := range newCurveView(c).Rows {
		rows = append(rows, []string{b.Range, b.A, b.B, b.Delta + b.Mark})
	}
	e.table("Share refused over "+c.Covariate, rows)
}

// table writes rows in columns, the first one aligned left.
func (e *explainer) table(title string, rows [][]string) {
	e.heading(title)
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, cell := range r {
			widths[i] = max(widths[i], runes(cell))
		}
	}
	for _, r := range rows {
		out := "  " + pad(r[0], widths[0])
		for i := 1; i < len(r); i++ {
			out += "   " + pad(r[i], widths[i])
		}
		e.WriteString(strings.TrimRight(out, " ") + "\n")
	}
}

// comparisonStatus is a status as a sign and words.
func comparisonStatus(s analysis.ComparisonStatus) (sign, word string) {
	switch s {
	case analysis.Changed:
		return "≠", "changed"
	case analysis.OtherLoad:
		return "≈", "another load, no evidence of another gateway"
	case analysis.NoEvidence:
		return "=", "no evidence of change"
	case analysis.NothingInCommon:
		return "?", "nothing in common"
	case analysis.TooFew:
		return "?", "too little to compare"
	case analysis.NeitherRefused:
		return "=", "nothing refused in either"
	}
	return "?", line(string(s))
}

// comparedView is one side for people.
type comparedView struct{ Letter, Run, Badge, Says, Counts string }

func comparedViews(c *analysis.Comparison) []comparedView {
	var out []comparedView
	for i, r := range []analysis.ComparedRun{c.A, c.B} {
		badge := string(r.Verdict.Status)
		if p := confidence(r.Verdict); p != "" {
			badge += ", " + p
		}
		out = append(out, comparedView{
			Letter: string(rune('A' + i)), Run: line(r.Run), Badge: line(badge), Says: line(r.Verdict.Says),
			Counts: fmt.Sprintf("%s of %s refused, %s open at most, %s", count(r.Refused),
				plural(r.Attempts, "upgrade", "upgrades"), count(r.PeakOpen), span(seconds(r.DurationS))),
		})
	}
	return out
}

// measureRow is one measure for people.
type measureRow struct {
	Name, A, B, Delta string
	Mark              string // " *" if it differs
	Differs           bool
}

func measuresOf(c *analysis.Comparison) []measureRow {
	all := c.Measures
	if c.Adjusted != nil {
		all = append([]analysis.Measure{*c.Adjusted}, all...)
	}
	var out []measureRow
	for _, m := range all {
		r := measureRow{Name: line(m.Name), A: estimate(m.A, m.Unit), B: estimate(m.B, m.Unit), Delta: delta(m.Delta, m.Unit), Differs: m.Differs}
		if m.Differs {
			r.Mark = " *"
		}
		out = append(out, r)
	}
	return out
}

// estimate is a value with its interval, "8 % (3.9 to 14.5 %)"; "–" for none.
func estimate(e *analysis.Estimate, unit string) string {
	if e == nil {
		return "–"
	}
	return fmt.Sprintf("%s (%s to %s)", valueIn(e.Value, unit), valueIn(e.Low, unit), valueIn(e.High, unit))
}

func valueIn(v float64, unit string) string {
	switch unit {
	case "share":
		return percent(v)
	case "s":
		return span(seconds(v))
	}
	return number(v)
}

// delta is a difference with its sign and interval.
func delta(e *analysis.Estimate, unit string) string {
	if e == nil {
		return "–"
	}
	return fmt.Sprintf("%s (%s to %s)", signed(e.Value, unit), signed(e.Low, unit), signed(e.High, unit))
}

func signed(v float64, unit string) string {
	sign := "+"
	if v < 0 {
		sign, v = "−", -v
	}
	switch unit {
	case "share":
		if text := short(100 * v); text != "0" {
			return sign + text + " points"
		}
		return "0 points"
	case "s":
		return sign + span(seconds(v))
	}
	return sign + number(v)
}

func levelNote(c *analysis.Comparison) string {
	return fmt.Sprintf("All intervals of differences together hold with %s; * marks those that leave 0 out. The intervals of A and B hold with %s each. Attempts that come in bursts of one token widen them.",
		percent(c.Level), percent(c.Level))
}

// comparePage is what the page of a comparison shows.
type comparePage struct {
	Policy             string
	Style              template.CSS
	Title, Says        string
	Sign, Word, Status string
	Sides              []comparedView
	Measures           []measureRow
	Curves             []curveView
	Mind               []string
	Handover           string
}

// CompareHTML writes a comparison as one file that needs neither network nor
// script.
func CompareHTML(w io.Writer, c *analysis.Comparison) error {
	var text strings.Builder
	_ = CompareText(&text, c) // a strings.Builder takes all
	p := comparePage{
		Policy: policy(style, ""), Style: template.CSS(style), Title: "why403 compare: " + line(c.Says), Says: unbroken(line(c.Says)),
		Status: string(c.Status), Sides: comparedViews(c), Measures: measuresOf(c), Mind: append(lines(c.Notes), levelNote(c)),
		Handover: visible(text.String()),
	}
	p.Sign, p.Word = comparisonStatus(c.Status)
	for i, curve := range c.Curves {
		v := newCurveView(curve)
		v.ID = fmt.Sprintf("curve-%d", i+1)
		p.Curves = append(p.Curves, v)
	}
	var b bytes.Buffer
	if err := page.ExecuteTemplate(&b, "compare.tmpl", p); err != nil {
		return fmt.Errorf("write comparison: %w", err)
	}
	_, err := io.WriteString(w, visible(b.String()))
	return err
}
