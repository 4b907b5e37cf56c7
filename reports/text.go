package reports

import (
	"fmt"
	"io"
	"strings"

	"why403/analysis"
)

// Text writes the verdict for a terminal: at most five lines, however long, and
// no escape sequences. They are the answer, the evidence, what to do first or the
// next experiment, what would prove the answer wrong, and what to keep in mind.
func Text(w io.Writer, f *analysis.Findings) error {
	var b strings.Builder
	for _, row := range verdictRows(f) {
		fmt.Fprintf(&b, "%-10s %s\n", row[0], line(row[1]))
	}
	_, err := io.WriteString(w, visible(b.String()))
	return err
}

// verdictRows are the lines of Text as label and text.
func verdictRows(f *analysis.Findings) [][2]string {
	v := f.Verdict
	rows := [][2]string{{"verdict", badge(f) + ": " + v.Says}, {"evidence", sentence(append(evidence(f), peak(f)))}}
	if first := firstCause(v); first != nil {
		if len(first.Do) > 0 {
			rows = append(rows, [2]string{"do first", first.Do[0]})
		}
		if first.WouldRefute != "" {
			rows = append(rows, [2]string{"refuted by", first.WouldRefute})
		}
	}
	if v.Status == analysis.Undetermined && len(v.Causes) > 1 {
		rows = append(rows, [2]string{"between", candidates(v)})
	}
	if x := f.NextExperiment; x != nil && v.Status != analysis.Determined {
		rows = append(rows, [2]string{"next", x.Name + ": " + x.Why})
	}
	if m := mind(f); len(m) > 0 {
		rows = append(rows, [2]string{"in mind", strings.Join(m, " ")})
	}
	return rows
}

// firstCause is the leading cause of a determined verdict, or the only one that an
// undetermined verdict leaves, else nil.
func firstCause(v analysis.Verdict) *analysis.Cause {
	if len(v.Causes) == 0 || v.Status != analysis.Determined && len(v.Causes) > 1 {
		return nil
	}
	return &v.Causes[0]
}

// badge is the status with its probability, "determined, 98.4 %".
func badge(f *analysis.Findings) string {
	_, word := statusOf(f)
	if p := confidence(f.Verdict); p != "" {
		return word + ", " + p
	}
	return word
}

// candidates lists the causes of an undetermined verdict with their probabilities.
func candidates(v analysis.Verdict) string {
	var out []string
	for _, c := range v.Causes {
		out = append(out, fmt.Sprintf("%s (%s)", title(c), probability(c.Probability)))
	}
	return strings.Join(out, " · ")
}
