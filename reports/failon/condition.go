package failon

import (
	"strings"

	"why403/analysis"
)

// Condition is one parsed --fail-on expression. The zero value is met by nothing.
type Condition struct {
	terms []term
}

// term is one comparison.
type term struct {
	name    string
	compare string
	number  float64
	percent bool
	word    string // of a property
}

// Result is what became of a condition.
type Result struct {
	Condition string // as it was written, spaces made even
	Met       bool   // the run fails
	Says      string // the values found: "refused is 71 of 160 (44.4 %)"
}

// Check compares findings with the condition.
func (c Condition) Check(f *analysis.Findings) Result {
	r := Result{Condition: c.String(), Met: len(c.terms) > 0}
	var says []string
	for _, t := range c.terms {
		found := find(f, t)
		r.Met = r.Met && found.meets(t)
		says = append(says, t.name+" is "+found.String())
	}
	r.Says = strings.Join(says, ", ")
	return r
}

// CheckAll checks several conditions and reports whether one of them is met.
func CheckAll(conditions []Condition, f *analysis.Findings) (results []Result, met bool) {
	for _, c := range conditions {
		r := c.Check(f)
		results = append(results, r)
		met = met || r.Met
	}
	return results, met
}

// String returns the condition in its canonical form, which Parse reads back.
func (c Condition) String() string {
	var terms []string
	for _, t := range c.terms {
		terms = append(terms, t.String())
	}
	return strings.Join(terms, " and ")
}
