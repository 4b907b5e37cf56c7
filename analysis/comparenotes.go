package analysis

import (
	"fmt"
	"math"
)

// comparisonNotes says what a comparison rests on and what it leaves out.
func comparisonNotes(c *Comparison, g *grid, h held, sides [2]*placed) []string {
	list := []string{}
	if g.unsure > 0 {
		list = append(list, fmt.Sprintf("%s are left out of the comparison at the same load: they lie so close to a limit that they may have been on either side of it.", plural(g.unsure, "upgrade")))
	}
	for i, p := range sides {
		unknown := 0
		for _, a := range p.age {
			if math.IsNaN(a) {
				unknown++
			}
		}
		if unknown > 0 && len(g.byAge) > 0 {
			list = append(list, fmt.Sprintf("In %s the token's age is not known for %s; they are compared among themselves.", side(i), plural(unknown, "upgrade")))
		}
	}
	if len(g.byAge) == 0 {
		list = append(list, "No token's age is known, so only open sockets are held equal.")
	}
	for _, name := range otherCauses(c) {
		list = append(list, fmt.Sprintf("A verdict names %s. It depends on more than open sockets and token age, and that is not held equal here.", name))
	}
	if a, b := c.A, c.B; a.Verdict.Status != b.Verdict.Status {
		list = append(list, fmt.Sprintf("A is %s, B is %s.", a.Verdict.Status, b.Verdict.Status))
	}
	return list
}

func side(i int) string { return [2]string{"A", "B"}[i] }

// otherCauses are the causes of either verdict that are not about open sockets or
// the age of tokens.
func otherCauses(c *Comparison) []string {
	var out []string
	seen := map[string]bool{concurrencyCap.name: true, tokenExpired.name: true, tokenTooOld.name: true}
	for _, v := range []Verdict{c.A.Verdict, c.B.Verdict} {
		for _, cause := range v.Causes {
			if !seen[cause.Cause] {
				seen[cause.Cause] = true
				out = append(out, cause.Cause)
			}
		}
	}
	return out
}
