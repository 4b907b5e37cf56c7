package analysis

import (
	"testing"

	"why403/internal/sim/virtual"
)

// An address of several that refuses more than half of the upgrades is found, if chance alone
// decides which: a limit of its own, or every other upgrade, is another matter.
func TestAttributeRefusesInPart(t *testing.T) {
	atOne := func(rule virtual.Rule) virtual.Rule {
		return func(c *virtual.Clock) virtual.Judge {
			j := rule(c)
			refuse := j.Refuse
			j.Refuse = func(a *virtual.Arrival) bool { return a.Edge == 1 && refuse(a) }
			return j
		}
	}
	for name, c := range map[string]struct {
		rule virtual.Rule
		want bool
	}{
		"by chance":    {atOne(virtual.Chance(0.6)), true},
		"in turn":      {atOne(virtual.EveryNth(2)), false},
		"by a limit":   {atOne(virtual.Cap{N: 2, Key: virtual.PerEdge}.Rule()), false},
		"in stretches": {atOne(moods), false},
	} {
		scene := ofOneToken(c.rule)
		scene.Cast.Edges = 3
		v := Explain(scene.Run()).Verdict
		if found := v.Status == Determined && v.Causes[0].Cause == attribute.name; found != c.want {
			t.Errorf("%s: %s: %s", name, v.Status, v.Says)
		}
	}
}
