package analysis

import (
	"fmt"
	"testing"

	"why403/capture"
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

// A user who was let through until some moment and refused from then on has no property that
// refuses: something began then.
func TestAttributeThatBeginsIsNone(t *testing.T) {
	for first, want := range map[bool]bool{true: false, false: true} {
		n := 0
		f := explain(plainRun(200, func(i int, u *capture.Upgrade, tok *capture.Token) {
			tok.Subject = fmt.Sprint("user", i%12)
			if i%12 != 3 {
				return
			}
			if n++; first && n > 1 || !first && n != 7 {
				refuse(u, "")
			}
		}))
		found := f.Verdict.Status == Determined && f.Verdict.Causes[0].Cause == attribute.name
		if found != want {
			t.Errorf("spared first %v: %s: %s", first, f.Verdict.Status, f.Verdict.Says)
		}
	}
}
