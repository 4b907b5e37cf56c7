package reports

import (
	"fmt"
	"io"
	"strings"

	"why403/analysis"
	"why403/reports/failon"
)

// Markdown writes the verdict in GitHub Flavored Markdown for a pull request or a
// step summary ($GITHUB_STEP_SUMMARY): the answer, the conditions of --fail-on if
// there are any, what to do, and everything considered in a table. Captured text is
// escaped: it makes no markup, no link and mentions nobody.
func Markdown(w io.Writer, f *analysis.Findings, conditions []failon.Result) error {
	m := markdown{}
	m.verdict(f)
	m.conditions(conditions)
	m.causes(f)
	m.experiment(f)
	m.considered(f)
	m.list("Keep in mind", mind(f))
	_, err := io.WriteString(w, visible(m.String()))
	return err
}

type markdown struct{ strings.Builder }

func (m *markdown) linef(format string, args ...any) { fmt.Fprintf(m, format+"\n", args...) }

func (m *markdown) verdict(f *analysis.Findings) {
	sign, _ := statusOf(f)
	m.linef("### %s %s\n", sign, plain(f.Verdict.Says))
	m.linef("**%s** · %s", plain(badge(f)), plain(sentence(append(evidence(f), peak(f)))))
	if a := f.AnsweredBy; a != nil {
		for _, x := range answeredFacts(a) {
			m.linef("\n%s: %s", plain(x.Name), plain(x.Value))
		}
	}
}

func (m *markdown) conditions(results []failon.Result) {
	if len(results) == 0 {
		return
	}
	m.linef("\n| fail on | | found |\n| --- | --- | --- |")
	for _, r := range results {
		sign := "✔ no"
		if r.Met {
			sign = "✘ **yes**"
		}
		m.linef("| %s | %s | %s |", plain(r.Condition), sign, plain(r.Says))
	}
}

func (m *markdown) causes(f *analysis.Findings) {
	for _, c := range f.Verdict.Causes {
		m.linef("\n#### %s, %s\n", plain(title(c)), plain(probability(c.Probability)))
		m.linef("%s", plain(c.Says))
		if p := parameter(c.Cause, c.Threshold, c.Linger, nil); p != "" {
			m.linef("\nFound: %s", plain(p))
		}
		m.items("Do", c.Do)
		if c.WouldRefute != "" {
			m.linef("\n**Would prove it wrong:** %s", plain(c.WouldRefute))
		}
	}
}

func (m *markdown) experiment(f *analysis.Findings) {
	x := f.NextExperiment
	if x == nil || f.Verdict.Status == analysis.Determined {
		return
	}
	m.linef("\n#### Next experiment: %s\n\n%s", plain(x.Name), plain(sentence([]string{x.Why})))
	m.items("", x.Do)
	parts := countedApart(x)
	m.linef("\n| if the cause is | upgrades refused |%s\n| --- | ---: |%s", cells(parts), strings.Repeat(" ---: |", len(parts)))
	for _, p := range predictions(f) {
		var shares []string
		for _, part := range p.Parts {
			shares = append(shares, part.Share)
		}
		m.linef("| %s | %s |%s", plain(p.Name), plain(p.All.Share), cells(shares))
	}
}

// cells continues a row of a table.
func cells(texts []string) string {
	var b strings.Builder
	for _, t := range texts {
		b.WriteString(" " + plain(t) + " |")
	}
	return b.String()
}

// markdownRows bounds the table of hypotheses: a comment has 65,536 characters.
const markdownRows = 30

func (m *markdown) considered(f *analysis.Findings) {
	if len(f.Hypotheses) == 0 {
		return
	}
	m.linef("\n<details><summary>Everything considered</summary>\n\n| cause | probability | why it stands or falls |\n| --- | ---: | --- |")
	for i, h := range f.Hypotheses {
		if i == markdownRows {
			m.linef("| %d more, less probable still | | |", len(f.Hypotheses)-i)
			break
		}
		m.linef("| %s | %s | %s |", plain(scopedName(h.Cause, h.Scope)), plain(probability(h.Probability)), plain(cut(h.Says, 400)))
	}
	m.linef("\n</details>")
}

func (m *markdown) list(title string, items []string) {
	if len(items) == 0 {
		return
	}
	m.linef("\n<details><summary>%s</summary>\n", title)
	for _, s := range items {
		m.linef("- %s", plain(cut(s, 400)))
	}
	m.linef("\n</details>")
}

func (m *markdown) items(title string, steps []string) {
	if len(steps) == 0 {
		return
	}
	if title != "" {
		m.linef("\n**%s:**", title)
	}
	m.linef("")
	for i, s := range steps {
		m.linef("%d. %s", i+1, plain(s))
	}
}

// plain escapes text for Markdown. Every character that can be markup gets a
// backslash (CommonMark 0.31 §2.4). GitHub also links addresses and mentions in
// plain text, after escapes are gone: an empty comment cuts these apart.
func plain(s string) string {
	var b strings.Builder
	s = line(s)
	for i, r := range s {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '@':
			b.WriteString("@<!-- -->")
		case r == ':' && strings.HasPrefix(s[i:], "://"):
			b.WriteString(":<!-- -->")
		case r == '.' && strings.HasSuffix(strings.ToLower(s[:i]), "www"):
			b.WriteString("<!-- -->.")
		case i == 0 && (r == '-' || r == '='), strings.ContainsRune("\\`*_{}[]()#+!|~$", r):
			b.WriteString("\\" + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
