package analysis

import (
	"slices"
	"testing"

	"why403/analysis/covariate"
	"why403/internal/sim/virtual"
)

// What is right about most attempts is not yet determined.
func TestExplainsNearlyEverything(t *testing.T) {
	for name, c := range map[string]struct {
		counts Counts
		cause  *cause
		want   bool
	}{
		"all":                       {Counts{N11: 100, N00: 900}, concurrencyCap, true},
		"some noise":                {Counts{N11: 96, N10: 9, N01: 4, N00: 891}, concurrencyCap, true},
		"a seventh contradicts":     {Counts{N11: 100, N10: 130, N00: 770}, concurrencyCap, false},
		"a sixth passes":            {Counts{N11: 83, N10: 17, N00: 2890}, concurrencyCap, false},
		"a quarter passes":          {Counts{N11: 30, N10: 10, N00: 2890}, concurrencyCap, false},
		"an attribute, partly":      {Counts{N11: 100, N10: 130, N00: 770}, attribute, true},
		"a fifth left over":         {Counts{N11: 80, N01: 20, N00: 900}, concurrencyCap, false},
		"half could be either":      {Counts{N11: 100, N00: 900, Either: 500}, concurrencyCap, false},
		"many it would have passed": {Counts{N11: 860, N01: 140, N00: 0}, concurrencyCap, false},
	} {
		s := &study{table: &covariate.Table{Attempts: make([]covariate.Attempt, 1000)}, refused: c.counts.N11 + c.counts.N01}
		if got := s.explains(&hypothesis{cause: c.cause, counts: c.counts}); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// An outage that begins at the height of the load may be of any limit.
func TestOutageIsProvenBelowTheHeightOfLoad(t *testing.T) {
	for family, want := range map[string]bool{"outage": true, "ramp-outage": false} {
		s := newStudy(familyCase(t, family).Run)
		s.begin()
		if h := weighOutage(s)[0]; provenOutage(s, h) != want {
			t.Errorf("%s: proven %v", family, !want)
		}
	}
}

// Who decides by a copy of a count that was taken at the height of the load refuses as if there
// were an outage, and then lets more through until the next copy.
func TestOutageIsNoCopyOfACount(t *testing.T) {
	run := familyCaseOf(t, "stale-counter", 1007006).Run
	s := newStudy(virtual.Until(run, virtual.RefusedAt(run)[49]))
	s.begin()
	if h := weighOutage(s)[0]; h.counts.N11 < 49 || provenOutage(s, h) {
		t.Errorf("%v is proven", h.counts)
	}
}

// Every other upgrade is no chance, also where one token makes all of them one burst,
// and neither are refusals that keep together.
func TestRandomIsNotTooRegular(t *testing.T) {
	for name, c := range map[string]struct {
		rule virtual.Rule
		want bool
	}{"every other": {virtual.EveryNth(2), false}, "half of them": {virtual.Chance(0.5), true}, "moods": {moods, false}} {
		if s := newStudy(ofOneToken(c.rule).Run()); randomRefusal.proven(s, nil) != c.want {
			t.Errorf("%s: %.1f standard deviations too many changes", name, turnsAbout(s.table.Refused))
		}
	}
}

// A share that rises with the open sockets, or with time, is no chance.
func TestRandomHasNoTrend(t *testing.T) {
	rising := func(c *virtual.Clock) virtual.Judge {
		return virtual.Judge{Refuse: func(*virtual.Arrival) bool { return c.Rand().Float64() < 0.3*c.Now()/100 }}
	}
	for name, c := range map[string]struct {
		rule virtual.Rule
		want bool
	}{"rising": {rising, false}, "chance": {virtual.Chance(0.15), true}} {
		if s := newStudy(ofOneToken(c.rule).Run()); randomRefusal.proven(s, nil) != c.want {
			t.Errorf("%s: proven %v, %.1f standard deviations too many changes", name, !c.want, turnsAbout(s.table.Refused))
		}
	}
	if got := ranks([]float64{7, 3, 7, 1}); !slices.Equal(got, []float64{2.5, 1, 2.5, 0}) {
		t.Errorf("ranks %v", got)
	}
}

// What one of three hidden nodes refuses for some seconds is a pattern, though one token
// makes bursts of it, of which each attempt weighs little.
func TestMoodsAreDoubted(t *testing.T) {
	for name, c := range map[string]struct {
		rule virtual.Rule
		want string
	}{"moods": {moods, "unknown"}, "chance": {virtual.Chance(0.1), "random"}} {
		if f := explain(ofOneToken(c.rule).Run()); f.Hypotheses[0].Cause != c.want {
			t.Errorf("%s: %s leads", name, f.Hypotheses[0].Cause)
		}
	}
}

var moods = virtual.Moody(20, 4, func(a *virtual.Arrival) string { return string(rune(a.Luck % 3)) })

// ofOneToken is a load with one token, on a gateway with one rule.
func ofOneToken(rule virtual.Rule) virtual.Scene {
	return virtual.Scene{
		Seed: 1, Loads: []virtual.Load{{Threads: 30, Over: 20, Until: 100, Hold: 4, Pause: 4}},
		Network: virtual.Network{Way: 0.001, Jitter: 0.001}, Tokens: virtual.Tokens{Mode: virtual.Shared},
		Gateway: virtual.Gateway{Rules: []virtual.Rule{rule}, Work: 0.001},
	}
}

func familyCase(t *testing.T, name string) virtual.Case {
	t.Helper()
	return familyCaseOf(t, name, 1)
}

func familyCaseOf(t *testing.T, name string, seed uint64) virtual.Case {
	t.Helper()
	for _, f := range virtual.Families() {
		if f.Name == name {
			return f.Case(seed)
		}
	}
	t.Fatalf("no family %q", name)
	return virtual.Case{}
}

// A limit beside an outage keeps the load at its height.
func TestOutageBesideALimitNeedsNoProof(t *testing.T) {
	s, out := &study{}, &hypothesis{cause: outage}
	if s.proven(out) {
		t.Error("an outage without a stretch is proven")
	}
	both := &hypothesis{cause: concurrencyCap, parts: []*hypothesis{{cause: concurrencyCap}, out}}
	if !s.proven(both) {
		t.Error("a limit and an outage are not proven")
	}
	if out.variant = untilEnd; s.proven(both) {
		t.Error("a limit and an outage until the end, which may be a lower limit, are proven")
	}
}

// Two limits of clients that fill up in step look like one of all.
func TestScopesThatFillUpInStep(t *testing.T) {
	of := func(scope string, limit, p float64, calls prediction) *hypothesis {
		return &hypothesis{cause: concurrencyCap, scope: scope, threshold: &Threshold{Value: limit}, probability: p, predicted: calls}
	}
	calls, others := prediction{toAccept, toRefuse}, prediction{toRefuse, toAccept}
	for _, c := range []struct {
		name  string
		other *hypothesis
		want  int
	}{
		{"in step", of("client", 53, 0.3, calls), 1},
		{"in step, and improbable", of("client", 53, 0.001, calls), 0},
		{"apart", of("client", 53, 0.3, others), 0},
		{"one key at a time", of("client", 106, 0.3, calls), 0},
		{"one key at a time, not exactly", of("client", 105, 0.3, calls), 0},
	} {
		all := byCause([]*hypothesis{of("global", 106, 0.69, calls), c.other})
		if got := len(all[0].twins()); got != c.want {
			t.Errorf("%s: %d twins, want %d", c.name, got, c.want)
		}
	}
}

// Against an outage a quota counts however improbable it is, if both decide alike.
func TestOutageIsRivalledByQuota(t *testing.T) {
	of := func(c *cause, p float64) candidate {
		return candidate{best: &hypothesis{cause: c, predicted: prediction{toRefuse, toAccept}}, probability: p}
	}
	improbable := of(quota, 1e-5)
	if !new(study).rivalled(of(outage, 0.999), []candidate{improbable}) {
		t.Error("a quota is no rival of an outage")
	}
	if new(study).rivalled(of(concurrencyCap, 0.999), []candidate{improbable}) {
		t.Error("a quota is a rival of a cap")
	}
}

// A ban that an overtaken answer splits is a rival of an outage all the same.
func TestOutageIsRivalledByBans(t *testing.T) {
	f := explain(familyCaseOf(t, "ban-once", 7300).Run)
	if f.Verdict.Status != Undetermined {
		t.Errorf("%s: %s", f.Verdict.Status, f.Verdict.Says)
	}
}

// Closed sockets that count for longer than sockets last are upgrades within a time.
func TestLingeringLimitIsRivalledByQuota(t *testing.T) {
	for wrong, want := range map[int]bool{1: true, 5: false} {
		lead := candidate{best: &hypothesis{cause: concurrencyCap, linger: &Threshold{Value: 26}, predicted: prediction{}}, probability: 0.99}
		within := candidate{best: &hypothesis{cause: quota, window: &Threshold{Value: 28}, predicted: prediction{0}, counts: Counts{N10: wrong}}, probability: 1e-4}
		if got := new(study).rivalled(lead, []candidate{lead, within}); got != want {
			t.Errorf("a quota that is wrong about %d: rivalled %v", wrong, got)
		}
	}
}

// Who is wrong about as few attempts is a rival, also if they are other ones; two causes are none
// of one of them.
func TestRivalsAreAsRight(t *testing.T) {
	var calls, others prediction
	for i := range 100 {
		calls, others = append(calls, foretell(i%2 == 0)), append(others, foretell((i+i/98)%2 == 0))
	}
	of := func(c *cause, p float64, calls prediction, wrong int) candidate {
		return candidate{best: &hypothesis{cause: c, predicted: calls, counts: Counts{N10: wrong}}, probability: p}
	}
	lead, pair := of(concurrencyCap, 0.95, calls, 4), of(concurrencyCap, 0.04, others, 0)
	pair.best.parts = []*hypothesis{{cause: outage}, {cause: concurrencyCap}}
	for _, c := range []struct {
		name  string
		other candidate
		want  bool
	}{
		{"as few", of(rateLimit, 0.03, others, 4), true},
		{"about as few", of(rateLimit, 0.03, others, 6), true},
		{"more", of(rateLimit, 0.03, others, 7), false},
		{"improbable", of(rateLimit, 0.01, others, 2), false},
		{"improbable, and clearly fewer", of(rateLimit, 1e-5, others, 1), true},
		{"two causes", pair, false},
	} {
		if got := new(study).rivalled(lead, []candidate{lead, c.other}); got != c.want {
			t.Errorf("%s: rivalled %v, want %v", c.name, got, c.want)
		}
	}
}

// One moment is no proof of an expiry, unless the answers say so too.
func TestExpiryOfOneMoment(t *testing.T) {
	once, again := prediction{toAccept, toRefuse, toRefuse}, prediction{toAccept, toRefuse, toAccept}
	for _, c := range []struct {
		name  string
		calls prediction
		text  string
		want  bool
	}{
		{"a ramp with one token", once, "forbidden", true},
		{"tokens that expire one after the other", again, "forbidden", false},
		{"an answer that says so", once, "the token has expired", false},
	} {
		s := &study{refused: 2, texts: []answer{{c.text, 2}}}
		expired := candidate{best: &hypothesis{cause: tokenExpired, predicted: c.calls}, probability: 0.999}
		full := candidate{best: &hypothesis{cause: concurrencyCap, predicted: c.calls}, probability: 1e-4}
		if got := s.rivalled(expired, []candidate{expired, full}); got != c.want {
			t.Errorf("%s: rivalled %v, want %v", c.name, got, c.want)
		}
	}
}
