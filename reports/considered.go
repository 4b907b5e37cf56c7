package reports

import (
	"fmt"

	"why403/analysis"
)

// hypothesisRows bounds how many hypotheses are listed; each value of each
// attribute of a request could be one.
const hypothesisRows = 200

// weak is the probability below which a hypothesis is folded away.
const weak = 0.01

// consideredView is every hypothesis: those that stand in the open, the rest
// folded but present.
type consideredView struct {
	Stand, Fall []hypothesisRow
	More        string // how many were left out, "" if none
}

type hypothesisRow struct {
	ID, Name, Parameter string
	Probability, Share  string
	Says, Counts        string
	Leads               bool // part of the verdict
}

func newConsidered(f *analysis.Findings) consideredView {
	inVerdict := map[[2]string]bool{}
	for _, c := range f.Verdict.Causes {
		inVerdict[[2]string{c.Cause, c.Scope}] = true
	}
	var v consideredView
	ids := slugs{}
	for i, h := range f.Hypotheses {
		if i == hypothesisRows {
			v.More = count(len(f.Hypotheses) - i)
			break
		}
		row := hypothesisRow{
			ID:          ids.take("finding-" + h.Cause + "-" + h.Scope),
			Name:        line(scopedName(h.Cause, h.Scope)),
			Parameter:   parameter(h.Cause, h.Threshold, h.Linger, h.Attribute),
			Probability: probability(h.Probability),
			Share:       barWidth(h.Probability),
			Says:        line(h.Says),
			Counts:      counts(h.Counts),
			Leads:       inVerdict[[2]string{h.Cause, h.Scope}],
		}
		if row.Leads || h.Probability >= weak {
			v.Stand = append(v.Stand, row)
		} else {
			v.Fall = append(v.Fall, row)
		}
	}
	return v
}

// counts words the two by two table of a hypothesis.
func counts(c analysis.Counts) string {
	switch of := c.N00 + c.N01 + c.N10 + c.N11; of {
	case 0:
		return ""
	case c.Either:
		return "says how often upgrades are refused, not which ones"
	}
	s := fmt.Sprintf("explains %s of %s, would have refused %s of %s accepted",
		count(c.N11), plural(c.N11+c.N01, "refusal", "refusals"), count(c.N10), count(c.N10+c.N00))
	if c.Either > 0 {
		s += fmt.Sprintf("; %s of them too close to its threshold to tell", count(c.Either))
	}
	return s
}
