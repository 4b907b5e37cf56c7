package analysis

import (
	"slices"

	"why403/analysis/covariate"
)

// shareScopes names, of one of two causes, the scopes that divide alike whatever the other
// does not refuse: an upgrade without a token has no client id, so that a limit for all
// and one for the only client differ in nothing but what is refused for its token. The
// scope with the greatest prior comes first.
func (s *study) shareScopes(h *hypothesis, other prediction) {
	if !h.cause.keyed {
		return
	}
	p := s.partition(h.scope)
	names := append([]string{h.scope}, h.equivalent...)
	for _, q := range s.parts {
		if !slices.Contains(names, q.Scope) && dividesAlike(p, q, other) {
			names = append(append(names, q.Scope), q.Equivalent...)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return compare(scopePrior[b], scopePrior[a]) })
	h.scope, h.equivalent = names[0], names[1:]
}

// dividesAlike reports whether the attempts that something else does not refuse fall
// under the same keys in two partitions.
func dividesAlike(p, q covariate.Partition, other prediction) bool {
	to, from := map[int32]int32{}, map[int32]int32{}
	for i, f := range other {
		a, b := p.Labels[i], q.Labels[i]
		if f.refuses() {
			continue
		}
		if x, known := to[a]; known && x != b {
			return false
		}
		if x, known := from[b]; known && x != a {
			return false
		}
		to[a], from[b] = b, a
	}
	return true
}
