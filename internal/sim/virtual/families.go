package virtual

import "slices"

// Families returns all families, those of the training set first. The caller may
// change the slice.
func Families() []Family {
	all := slices.Concat(capFamilies, rateFamilies, tokenFamilies, missingFamilies, attributeFamilies,
		troubleFamilies, strainFamilies, pairFamilies, blendFamilies, foreignFamilies, stretchFamilies, adaptiveFamilies, decoyFamilies, confoundedFamilies)
	slices.SortStableFunc(all, func(a, b Family) int {
		switch {
		case a.Held == b.Held:
			return 0
		case b.Held:
			return -1
		}
		return 1
	})
	return all
}

// find is the truth of one cause that can be found.
func find(wants ...Want) Truth { return Truth{Kind: Identifiable, Causes: wants} }

// with returns a scene with rules.
func (s Scene) with(rules ...Rule) Scene {
	s.Gateway.Rules = rules
	return s
}

func (s *Scene) load() *Load { return &s.Loads[0] }

var global = []string{"global"}
