package failon

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"why403/analysis"
)

// comparisons in the order in which they are looked for: the longer ones first.
var comparisons = []string{">=", "<=", "!=", ">", "<", "="}

// Parse reads a condition in the grammar of the package's documentation.
func Parse(s string) (Condition, error) {
	var c Condition
	for _, part := range strings.Split(s, " and ") {
		t, err := parseTerm(strings.TrimSpace(part))
		if err != nil {
			return Condition{}, fmt.Errorf("parse condition %q: %w", s, err)
		}
		c.terms = append(c.terms, t)
	}
	return c, nil
}

// ParseAll reads several conditions, each by itself.
func ParseAll(list []string) ([]Condition, error) {
	var out []Condition
	for _, s := range list {
		c, err := Parse(s)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func parseTerm(s string) (term, error) {
	at := strings.IndexAny(s, "<>=!")
	if at < 0 {
		return term{}, fmt.Errorf("%q has no comparison; want one like refused>1%% or verdict=determined", s)
	}
	t := term{name: strings.TrimSpace(s[:at])}
	for _, op := range comparisons {
		if rest, ok := strings.CutPrefix(s[at:], op); ok {
			t.compare = op
			return t.value(strings.TrimSpace(rest))
		}
	}
	return term{}, fmt.Errorf("%q: unknown comparison %q", s, s[at:])
}

// value completes a term by what it is compared with.
func (t term) value(s string) (term, error) {
	if allowed, ok := properties[t.name]; ok {
		return t.property(s, allowed())
	}
	if _, ok := measures[t.name]; !ok && !isRefusedBy(t.name) {
		return t, fmt.Errorf("unknown name %q; there are %s", t.name, strings.Join(names(), ", "))
	}
	digits, percent := strings.CutSuffix(s, "%")
	n, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return t, fmt.Errorf("%s is compared with %q, which is no number", t.name, s)
	}
	if percent && (t.name == "peak-open" || t.name == "threshold") {
		return t, fmt.Errorf("%s is no share, so it has no %%", t.name)
	}
	t.number, t.percent = n, percent
	return t, nil
}

func (t term) property(word string, allowed []string) (term, error) {
	if t.compare != "=" && t.compare != "!=" {
		return t, fmt.Errorf("%s can be compared by = and != only", t.name)
	}
	if !slices.Contains(allowed, word) {
		return t, fmt.Errorf("%s is never %q; it is one of %s", t.name, word, strings.Join(allowed, ", "))
	}
	t.word = word
	return t, nil
}

// properties are the names that take a word, with the words they take.
var properties = map[string]func() []string{
	"cause":     func() []string { return analysis.Vocabulary },
	"candidate": func() []string { return analysis.Vocabulary },
	"verdict":   statuses,
	"scope": func() []string {
		return []string{"global", "token", "subject", "client", "organisation", "source", "edge", "host"}
	},
}

func statuses() []string {
	var out []string
	for _, s := range analysis.Statuses {
		out = append(out, string(s))
	}
	return out
}

// names are all names that a term may begin with, for messages.
func names() []string {
	out := []string{"refused.STATUS"}
	for n := range measures {
		out = append(out, n)
	}
	for n := range properties {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// isRefusedBy is true for refused.403 and the like.
func isRefusedBy(name string) bool {
	code, ok := strings.CutPrefix(name, "refused.")
	n, err := strconv.Atoi(code)
	return ok && err == nil && n >= 100 && n <= 4999 && code == strconv.Itoa(n)
}

func (t term) String() string {
	if t.word != "" {
		return t.name + t.compare + t.word
	}
	s := t.name + t.compare + strconv.FormatFloat(t.number, 'f', -1, 64)
	if t.percent {
		s += "%"
	}
	return s
}
