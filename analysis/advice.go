package analysis

import (
	"cmp"
	"slices"
)

// Advice is something about the load, the tokens or the recording that is worth
// changing or looking at, whatever the cause of the refusals is.
type Advice struct {
	Name   string   `json:"name"`   // of its kind: "tokens-per-upgrade"
	Urgent bool     `json:"urgent"` // it may spoil the test; otherwise it is a hint
	Says   string   `json:"says"`   // what was seen, with figures, one sentence
	Do     []string `json:"do"`     // first thing first
}

// advisers is the table of what is looked at; a new kind is a file and a row.
var advisers = []func(*study) *Advice{
	generatorLimits,
	tokenEndpoint,
	retryStorm,
	vendorHost,
	regions,
	clockOffset,
	rateFields,
	tokensPerUpgrade,
	grantType,
	missingOrigin,
}

// advise returns what stands out, the urgent first.
func (s *study) advise() []Advice {
	found := make([]*Advice, len(advisers))
	inParallel(len(found), func(i int) { found[i] = advisers[i](s) })
	var list []Advice
	for _, a := range found {
		if a != nil {
			list = append(list, *a)
		}
	}
	slices.SortStableFunc(list, func(a, b Advice) int { return cmp.Compare(order(a.Urgent), order(b.Urgent)) })
	return list
}

func order(first bool) int {
	if first {
		return 0
	}
	return 1
}
