package main

import (
	"strings"
	"testing"

	"why403/analysis"
	"why403/internal/sim/virtual"
)

// What one run of every third family must come to. Each figure is only ever moved
// to the better.
const (
	mostWrong    = 0   // runs determined as something that is not true
	leastFound   = 0.9 // share of runs with the right verdict
	leastDecided = 9   // confounded families whose first experiment decides
)

// The short form of the calibration: a run of every third family, of both sets.
func TestShortCalibration(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 10 s")
	}
	o := options{set: "all", seeds: 1, workers: 2}
	all, err := o.families()
	if err != nil {
		t.Fatal(err)
	}
	var some []virtual.Family
	for i := 0; i < len(all); i += 3 {
		some = append(some, all[i])
	}
	results := measure(o, some)
	wrong, found := 0, 0
	for _, r := range results {
		if r.mark.found {
			found++
		} else {
			t.Logf("not found: %v", r)
		}
		if r.mark.wrongCause || r.mark.wrongScope {
			wrong++
			t.Logf("determined, and not true: %v", r)
		}
	}
	if wrong > mostWrong {
		t.Errorf("%d runs determined as something that is not true", wrong)
	}
	if share := float64(found) / float64(len(results)); share < leastFound {
		t.Errorf("right in %.3f of the runs, want %v", share, leastFound)
	}
	t.Logf("%d of %d right, %d determined wrong", found, len(results), wrong)
}

func TestJudge(t *testing.T) {
	truth := virtual.Truth{Kind: virtual.Identifiable, Causes: []virtual.Want{
		{Cause: "concurrency-cap", Scopes: []string{"token"}, Value: 40, Slack: 1},
	}}
	finding := func(cause, scope string, value float64, equivalent ...string) *analysis.Findings {
		return &analysis.Findings{Verdict: analysis.Verdict{Status: analysis.Determined, Causes: []analysis.Cause{{
			Cause: cause, Scope: scope, ScopeEquivalent: equivalent, Probability: 0.97, Threshold: &analysis.Threshold{Value: value},
		}}}}
	}
	for _, c := range []struct {
		name string
		f    *analysis.Findings
		want string
	}{
		{"right", finding("concurrency-cap", "token", 41), "top found exact"},
		{"an equivalent scope", finding("concurrency-cap", "client", 40, "token"), "top found exact"},
		{"another scope", finding("concurrency-cap", "global", 40), "exact wrong-scope"},
		{"another threshold", finding("concurrency-cap", "token", 42.5), "top found"},
		{"another cause", finding("quota", "token", 40), "wrong-cause"},
	} {
		m := judge(truth, c.f)
		var got []string
		for _, w := range []struct {
			word string
			is   bool
		}{{"top", m.top}, {"found", m.found}, {"exact", m.exact}, {"wrong-cause", m.wrongCause}, {"wrong-scope", m.wrongScope}} {
			if w.is {
				got = append(got, w.word)
			}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: got %q, want %q", c.name, s, c.want)
		}
	}
}

func TestPrefix(t *testing.T) {
	c := virtual.Families()[0].Case(1)
	run, ok := prefix(c.Run, 20)
	if !ok || len(virtual.RefusedAt(run)) != 20 {
		t.Fatalf("the prefix holds %d refusals", len(virtual.RefusedAt(run)))
	}
	if err := run.CheckValid(); err != nil {
		t.Error(err)
	}
	if _, ok := prefix(c.Run, 1e6); ok {
		t.Error("a prefix with more refusals than there are")
	}
}

// What the proposed experiments come to, one of each confounded family: never another
// cause, and but for few the right one.
func TestExperimentsDecide(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 10 s")
	}
	decided, tried := 0, 0
	for _, f := range virtual.Families() {
		c := f.Case(1)
		if c.Truth.Kind != virtual.Confounded {
			continue
		}
		x := try(c, analysis.Explain(c.Run))
		tried++
		switch {
		case x.mark.wrongCause:
			t.Errorf("%s: after %q determined as %v", f.Name, x.name, x.mark.names)
		case x.mark.found:
			decided++
		default:
			t.Logf("%s: after %q between %v", f.Name, x.name, x.mark.names)
		}
	}
	if decided < leastDecided {
		t.Errorf("%d of %d decided, want %d", decided, tried, leastDecided)
	}
}
