package analysis

import (
	"math"
	"testing"

	"why403/internal/sim/virtual"
)

// rampFacts is a load of 100 threads that share a token, within 100 s.
var rampFacts = loadFacts{threads: 100, ramp: 100, shared: true, suspects: suspects{limit: 60}}

func candidateOf(c *cause, scope string, value, probability float64) candidate {
	return candidate{best: &hypothesis{cause: c, scope: scope, threshold: &Threshold{Value: value}}, probability: probability}
}

// What a mechanism refuses of each part of an experiment.
func TestRehearse(t *testing.T) {
	s := &study{run: plainRun(0, nil), table: newStudy(plainRun(2, nil)).table}
	limit := candidateOf(concurrencyCap, "global", 60, 1).best
	quotaOf := candidateOf(quota, "global", 60, 1).best
	bucket := candidateOf(rateLimit, "global", 0.5, 1).best
	bucket.burst = &Threshold{Value: 5}
	ban := candidateOf(sourceBan, "source", 11, 1).best
	ban.window, ban.lasts = &Threshold{Value: 11.5}, &Threshold{Value: 1000}
	old := candidateOf(tokenTooOld, "global", 60, 1).best
	keptUp := candidateOf(quota, "token", 60, 1).best
	keptUp.window, keptUp.variant = &Threshold{Value: 60}, countsAttempts
	for _, c := range []struct {
		name string
		h    *hypothesis
		x    string
		want []float64
	}{
		{"a cap reopens", limit, closeThird, []float64{0.4, 0.4}}, // of 34 reopened, only the 20 that were open free a place
		{"a quota does not", quotaOf, closeThird, []float64{0.4, 1}},
		{"nor does an old token", old, closeThird, []float64{0.4, 1}},
		{"a slow ramp meets a cap at its number", limit, slowRamp, []float64{0.4}},
		{"and an old token sooner", old, slowRamp, []float64{0.8}},
		{"fresh tokens are not old", old, freshTokens, []float64{0}},
		{"a bucket lets a slow ramp pass", bucket, slowRamp, []float64{0.0}},
		{"and refuses part of the ramp", bucket, closeThird, []float64{0.45, 0.82}},
		{"a ban needs its rate", ban, slowRamp, []float64{0}},
		{"and then lasts", ban, freshTokens, []float64{0.89}},
		{"thirds: a cap", limit, thirds, []float64{0.4, 0.4, 0.4}},
		{"thirds: an old token", old, thirds, []float64{0.7, 1, 0}},
		{"thirds: a window that twice the time lets pass", keptUp, thirds, []float64{0, 0.65, 0}},
		{"below the limit a cap is silent", limit, belowLimit, []float64{0, 0}},
		{"below the limit an old token is not", old, belowLimit, []float64{0, 1}},
		{"churn below passes a quota", quotaOf, churnBelow, []float64{0.58}},
	} {
		var x *experiment
		for _, m := range menu {
			if m.name == c.x {
				x = m
			}
		}
		got := s.rehearse([]*hypothesis{c.h}, x, x.plan(rampFacts).inOrder())
		for i := range c.want {
			if len(got) != len(c.want) || math.Abs(got[i]-c.want[i]) > 0.04 {
				t.Errorf("%s: %.2f, want %.2f", c.name, got, c.want)
				break
			}
		}
	}
}

// An experiment on which all agree tells nothing; one that parts two equally likely
// candidates for certain tells the whole bit.
func TestGain(t *testing.T) {
	named := []candidate{candidateOf(concurrencyCap, "global", 60, 0.5), candidateOf(quota, "global", 60, 0.5)}
	same := &rehearsal{parts: []string{"all"}, shares: [][]float64{{0.4}, {0.4}}}
	apart := &rehearsal{parts: []string{"the ramp", "the reopened"}, shares: [][]float64{{0.4, 0}, {0.4, 1}}}
	if g := same.gain(named); math.Abs(g) > 1e-9 {
		t.Errorf("no difference gains %v", g)
	}
	if g := apart.gain(named); math.Abs(g-math.Ln2) > 0.01 {
		t.Errorf("a certain difference gains %v, want %v", g, math.Ln2)
	}
}

// What takes the only candidate away shows whether something else refuses too.
func TestWithoutTakesTheCauseAway(t *testing.T) {
	s := newStudy(plainRun(100, nil))
	for _, c := range []struct {
		cause *cause
		scope string
		value float64
		want  string
	}{
		{concurrencyCap, "global", 60, belowLimit},
		{tokenTooOld, "global", 60, freshTokens},
	} {
		of := candidateOf(c.cause, c.scope, c.value, 0.99)
		of.best.predicted = prediction{toRefuse}
		e := s.without(of)
		if e == nil || e.Name != c.want || e.Predictions[c.cause.name] != 0 {
			t.Errorf("%s: %+v, want %q", c.cause.name, e, c.want)
		}
	}
}

// Every experiment of the menu can be simulated, so that calibration sees what it decides.
func TestMenuIsSimulated(t *testing.T) {
	scene := virtual.Scene{Loads: []virtual.Load{{Threads: 10, Over: 10, Until: 60, Hold: 5}}}
	for _, x := range menu {
		if _, ok := scene.Experiment(x.name, 5, 20); !ok {
			t.Errorf("%q cannot be simulated", x.name)
		}
	}
}

// At half the pace what ages refuses from half as many upgrades on, what counts them
// from the same number, and fresh tokens meet what counts all.
func TestHalfPace(t *testing.T) {
	f := loadFacts{ramp: 100, shared: true}
	for i := range 100 {
		f.again = append(f.again, f.opening(i, float64(i)), move{at: float64(i) + 1, socket: i})
	}
	p := f.slowly(halved).probed("those with fresh tokens", func(m *move) { m.token, m.age = 1<<30+m.socket, 0 }).inOrder()
	s := &study{run: plainRun(0, nil), table: newStudy(plainRun(2, nil)).table}
	for _, c := range []struct {
		of   candidate
		want []float64 // of the load, of the fresh
	}{
		{candidateOf(tokenTooOld, "global", 60, 1), []float64{0.7, 0}},
		{candidateOf(tokenOverused, "token", 60, 1), []float64{0.4, 0}},
		{candidateOf(quota, "global", 60, 1), []float64{0.46, 0.46}},
	} {
		got := s.rehearse([]*hypothesis{c.of.best}, nil, p)
		if math.Abs(got[0]-c.want[0]) > 0.03 || math.Abs(got[1]-c.want[1]) > 0.1 {
			t.Errorf("%s: %.2f, want %.2f", c.of.best.cause.name, got, c.want)
		}
	}
}

// After a rest a window lets as many through as before, a bucket what has run in, which after
// half of the rest is less, and what counts all uses nothing.
func TestRest(t *testing.T) {
	f := loadFacts{ramp: 100, suspects: suspects{upgrades: 3, ofTokens: true}}
	for i := range 30 {
		m := move{at: float64(i), opens: true, socket: i, token: 1 + i%5}
		f.again = append(f.again, m, move{at: m.at + 0.5, socket: i})
	}
	p := f.rested().inOrder()
	window := candidateOf(quota, "token", 3, 1).best
	window.window = &Threshold{Value: 100}
	bucket := candidateOf(rateLimit, "token", 0.01, 1).best
	bucket.burst = &Threshold{Value: 3}
	s := &study{run: plainRun(0, nil), table: newStudy(plainRun(2, nil)).table}
	for name, c := range map[string]struct {
		of          *hypothesis
		short, long float64
	}{
		"window": {window, 0.25, 0.25}, "bucket": {bucket, 0.75, 0.5}, "uses": {candidateOf(tokenOverused, "token", 3, 1).best, 1, 1},
	} {
		if got := s.rehearse([]*hypothesis{c.of}, nil, p); math.Abs(got[0]-0.5) > 0.01 || math.Abs(got[1]-c.short) > 0.01 || math.Abs(got[2]-c.long) > 0.01 {
			t.Errorf("%s: %.2f, want 0.50, %.2f and %.2f", name, got, c.short, c.long)
		}
	}
}
