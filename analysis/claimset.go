package analysis

import "why403/analysis/covariate"

// claimSet is what the tokens of attempts say: a token is read once, however many attempts carry it.
type claimSet struct {
	of      []int32 // by attempt: the number of its token from 1 on, 0 of none
	numbers map[*covariate.Token]int32
	columns []*claimOf
	byName  map[string]*claimOf
}

// claimOf is a feature of tokens.
type claimOf struct {
	*columnOf
	said    []string
	numbers map[string]int32 // of said, from 1 on
	byToken []int32          // by token: the number of what it says, 0 if it says nothing
}

// newClaims returns the claims of that many attempts.
func newClaims(n int) claimSet {
	return claimSet{of: make([]int32, n), numbers: map[*covariate.Token]int32{}, byName: map[string]*claimOf{}}
}

// carry notes the token of an attempt, and reports whether it was not seen before.
func (s *claimSet) carry(t *covariate.Token, at int) bool {
	n, known := s.numbers[t]
	if !known {
		n = int32(len(s.numbers) + 1)
		s.numbers[t] = n
	}
	s.of[at] = n
	return !known
}

// claim notes what the token seen last says. Of a claim that is repeated the first counts.
func (f *featureSet) claim(name, value string, weight float64) {
	c := f.claimColumn(name, weight)
	token := len(f.tokens.numbers)
	for len(c.byToken) <= token {
		c.byToken = append(c.byToken, 0)
	}
	if c.byToken[token] != 0 {
		return
	}
	k, known := c.numbers[value]
	if !known {
		c.said = append(c.said, value)
		k = int32(len(c.said))
		c.numbers[value] = k
	}
	c.byToken[token] = k
}

// claimColumn returns a feature of tokens.
func (f *featureSet) claimColumn(name string, weight float64) *claimOf {
	if c := f.tokens.byName[name]; c != nil {
		return c
	}
	c := &claimOf{columnOf: f.newColumn(name, weight), numbers: map[string]int32{}}
	c.ofToken = true
	f.tokens.columns, f.tokens.byName[name] = append(f.tokens.columns, c), c
	return c
}

// spreadClaims gives each attempt what its token says. What is called as a header field is told apart
// from it.
func (f *featureSet) spreadClaims() {
	inParallel(len(f.tokens.columns), func(i int) {
		c := f.tokens.columns[i]
		if f.of[c.name] != nil {
			c.name = "token's " + c.name
		}
		c.spread(f.tokens.of)
	})
}

// named returns what tokens say, or else a property of requests, by its name; nil if there is none.
func (f *featureSet) named(name string) *columnOf {
	if c := f.tokens.byName[name]; c != nil {
		return c.columnOf
	}
	return f.of[name]
}

// spread gives each attempt what its token says.
func (c *claimOf) spread(of []int32) {
	labels := make([]int32, 1+len(c.said)) // of absent and of what is said, from 1 on, in the order of appearance
	for _, token := range of {
		k := int32(0)
		if int(token) < len(c.byToken) {
			k = c.byToken[token]
		}
		if labels[k] == 0 {
			labels[k] = 1 + c.label(c.text(k))
		}
		c.labels = append(c.labels, labels[k]-1)
	}
}

func (c *claimOf) text(k int32) string {
	if k == 0 {
		return absent
	}
	return c.said[k-1]
}
