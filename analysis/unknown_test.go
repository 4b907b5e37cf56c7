package analysis

import "testing"

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
