package analysis

import (
	"strings"
	"testing"
)

// What a ban with a second cause is worth tells nothing of stretches that nothing begins.
func TestTwoCausesWithABanMakeNothingUnknown(t *testing.T) {
	s := newStudy(familyCase(t, "random").Run)
	s.begin()
	two := &hypothesis{
		cause: sourceBan, parts: []*hypothesis{{cause: sourceBan}, {cause: quota}},
		logEvidence: s.impossible(), predicted: make(prediction, len(s.table.Attempts)),
	}
	chance := randomRefusal.weigh(s)[0]
	if u := weighUnknown(s, []*hypothesis{two}, nil); u.logEvidence > chance.logEvidence {
		t.Errorf("log evidence %.1f, of chance %.1f", u.logEvidence, chance.logEvidence)
	}
}

// Limits that are kept apart refuse the more often the more sockets are open, and at once:
// nothing is overloaded.
func TestLimitsKeptApartAreNoOverload(t *testing.T) {
	f := Explain(familyCase(t, "cap-per-hidden-token").Run)
	if top := f.Hypotheses[0]; top.Cause != "unknown" || !strings.Contains(top.Says, "limits that are kept apart") {
		t.Errorf("%s %.3f: %s", top.Cause, top.Probability, top.Says)
	}
}
