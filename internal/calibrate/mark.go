package main

import (
	"math"
	"slices"

	"why403/analysis"
	"why403/internal/sim/virtual"
)

// mark is how good one answer was.
type mark struct {
	top        bool // the most probable cause and its scope are true
	found      bool // the verdict is what it must be
	exact      bool // every threshold asked for is right
	hasExact   bool // one was asked for
	wrongCause bool // determined, and a cause named is not true
	wrongScope bool // determined, and a scope named is not true
	among      bool // the true cause is among the candidates
	separates  bool // an experiment is proposed whose predictions differ

	stated float64 // probability of the first cause named
	right  bool    // it is true
	named  bool    // there is one
	status analysis.Status
	names  []string
}

// judge compares findings with the truth.
func judge(t virtual.Truth, f *analysis.Findings) mark {
	m := mark{status: f.Verdict.Status, exact: true}
	for _, c := range f.Verdict.Causes {
		m.names = append(m.names, c.Cause)
	}
	if cs := f.Verdict.Causes; len(cs) > 0 {
		m.named, m.stated, m.right = true, cs[0].Probability, trueCause(t, cs[0].Cause)
		w, ok := wanted(t, cs[0])
		m.top = ok && scopeRight(w, cs[0])
	}
	if m.status == analysis.Determined {
		m.check(t, f.Verdict.Causes)
	}
	m.found = m.foundAs(t, f)
	return m
}

// check looks at each cause of a determined verdict.
func (m *mark) check(t virtual.Truth, causes []analysis.Cause) {
	for _, c := range causes {
		w, ok := wanted(t, c)
		switch {
		case !ok && !slices.Contains(t.Allowed, c.Cause):
			m.wrongCause = true
		case ok && !scopeRight(w, c):
			m.wrongScope = true
		}
	}
	for _, w := range t.Causes {
		if w.Value == 0 && w.Slack == 0 {
			continue
		}
		m.hasExact = true
		m.exact = m.exact && slices.ContainsFunc(causes, func(c analysis.Cause) bool { return matches(w, c) && thresholdRight(w, c) })
	}
}

func (m *mark) foundAs(t virtual.Truth, f *analysis.Findings) bool {
	switch t.Kind {
	case virtual.None:
		return m.status == analysis.NoRefusals
	case virtual.Few:
		return m.status == analysis.Insufficient
	case virtual.Foreign:
		return !m.wrongCause
	case virtual.Open:
		return !m.wrongCause && trueAmong(t, m.names)
	case virtual.Confounded:
		m.among = trueAmong(t, m.names)
		m.separates = separates(t, f.NextExperiment)
		return m.status == analysis.Undetermined && m.among && m.separates
	}
	all := !slices.ContainsFunc(t.Causes, func(w virtual.Want) bool {
		return !slices.ContainsFunc(f.Verdict.Causes, func(c analysis.Cause) bool { return matches(w, c) && scopeRight(w, c) })
	})
	return m.status == analysis.Determined && all && !m.wrongCause
}

// separates reports whether an experiment tells the true cause from another, by all
// refusals or by those of a part of it.
func separates(t virtual.Truth, x *analysis.Experiment) bool {
	if x == nil {
		return false
	}
	outcomes := []map[string]float64{x.Predictions}
	for _, part := range x.Parts {
		outcomes = append(outcomes, part.Predictions)
	}
	return slices.ContainsFunc(outcomes, func(p map[string]float64) bool { return parts(t, p) })
}

// parts reports whether a true cause predicts another share than one that is not.
func parts(t virtual.Truth, predictions map[string]float64) bool {
	for _, w := range t.Causes {
		p, named := predictions[w.Cause]
		for cause, q := range predictions {
			if named && cause != w.Cause && math.Abs(p-q) > 0.2 {
				return true
			}
		}
	}
	return false
}

func trueAmong(t virtual.Truth, names []string) bool {
	return slices.ContainsFunc(t.Causes, func(w virtual.Want) bool { return slices.Contains(names, w.Cause) })
}

func trueCause(t virtual.Truth, cause string) bool {
	if t.Kind == virtual.Foreign {
		return cause == "unknown" || slices.Contains(t.Allowed, cause)
	}
	return slices.ContainsFunc(t.Causes, func(w virtual.Want) bool { return w.Cause == cause })
}

func wanted(t virtual.Truth, c analysis.Cause) (virtual.Want, bool) {
	i := slices.IndexFunc(t.Causes, func(w virtual.Want) bool { return matches(w, c) })
	if i < 0 {
		return virtual.Want{}, false
	}
	return t.Causes[i], true
}

func matches(w virtual.Want, c analysis.Cause) bool {
	if w.Cause != c.Cause {
		return false
	}
	if w.Cause != "attribute" {
		return true
	}
	return c.Attribute != nil && w.Selects(c.Attribute.Name, c.Attribute.Value)
}

func scopeRight(w virtual.Want, c analysis.Cause) bool {
	if w.Scopes == nil {
		return true
	}
	return slices.ContainsFunc(w.Scopes, func(s string) bool { return s == c.Scope || slices.Contains(c.ScopeEquivalent, s) })
}

func thresholdRight(w virtual.Want, c analysis.Cause) bool {
	return c.Threshold != nil && math.Abs(c.Threshold.Value-w.Value) <= max(w.Slack, 0.02*w.Value)
}
