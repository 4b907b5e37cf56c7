package analysis

import (
	"cmp"
	"slices"

	"why403/analysis/covariate"
	"why403/capture"
)

// A form of refusal counts, and is diagnosed apart, if it has at least this share
// of all refusals, or if what was determined leaves most of it over, and enough of them to
// be decided.
const leastShareOfForm = 0.1

// refusalForm names the form of a refusal: its status, its close code, or the outcome of
// an attempt without an answer.
func refusalForm(a *covariate.Attempt) string {
	switch {
	case a.InBand != 0:
		return "close code " + number(int(a.InBand))
	case a.Upgrade.Status != 0:
		return number(a.Upgrade.Status)
	}
	return string(a.Upgrade.Outcome)
}

// byForm diagnoses each form of refusal that counts on its own, as if the
// refusals of other forms had not been attempted; nil if there is only one.
func (s *study) byForm() []FormFinding {
	count := s.formsOf(func(int) bool { return true })
	left := s.formsOf(s.leftOverByVerdict)
	var forms []string
	for form, n := range count {
		if n >= fewestRefusals && (float64(n) >= leastShareOfForm*float64(s.refused) || 2*left[form] > n) {
			forms = append(forms, form)
		}
	}
	if len(forms) < 2 {
		return nil
	}
	slices.SortFunc(forms, func(a, b string) int { return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b)) })
	var list []FormFinding
	for _, form := range forms {
		f := explain(s.only(form))
		list = append(list, FormFinding{Form: form, Refused: count[form], Verdict: f.Verdict})
	}
	return list
}

// formsOf counts some refusals by their form.
func (s *study) formsOf(some func(i int) bool) map[string]int {
	count := map[string]int{}
	for i := range s.table.Attempts {
		if s.table.Refused[i] && some(i) {
			count[refusalForm(&s.table.Attempts[i])]++
		}
	}
	return count
}

// leftOverByVerdict reports whether what was determined would not have refused an attempt.
func (s *study) leftOverByVerdict(i int) bool {
	return s.determined != nil && s.determined.calls() && s.determined.predicted[i].accepts() && !s.determined.predicted[i].unsure()
}

// only returns the run without the refusals of other forms.
func (s *study) only(form string) *capture.Run {
	other := map[*capture.Upgrade]bool{}
	for i := range s.table.Attempts {
		if a := &s.table.Attempts[i]; a.Refused && refusalForm(a) != form {
			other[a.Upgrade] = true
		}
	}
	run := *s.run
	run.Upgrades = slices.DeleteFunc(slices.Clone(run.Upgrades), func(u *capture.Upgrade) bool { return other[u] })
	return &run
}

// settle brings the verdict on all refusals together with those on each form. If
// each form has its own determined cause, these are the causes; if one is determined
// to be of a cause that the verdict on all does not name, nothing is.
func (f *Findings) settle() {
	if len(f.ByForm) == 0 {
		return
	}
	var union []Cause
	all := true
	for _, form := range f.ByForm {
		all = all && form.Verdict.Status == Determined
		if form.Verdict.Status != Determined {
			continue
		}
		for _, c := range form.Verdict.Causes {
			if !slices.ContainsFunc(union, func(o Cause) bool { return o.Cause == c.Cause && o.Scope == c.Scope }) {
				union = append(union, c)
			}
		}
	}
	foreign := slices.ContainsFunc(union, func(c Cause) bool {
		return !slices.ContainsFunc(f.Verdict.Causes, func(o Cause) bool { return o.Cause == c.Cause })
	})
	switch {
	case f.Verdict.Status == Determined && !foreign:
		return
	case all && len(union) <= len(f.ByForm):
		f.Verdict = Verdict{Status: Determined, Causes: union}
		for i, form := range f.ByForm {
			if i > 0 {
				f.Verdict.Says += " And: "
			}
			f.Verdict.Says += form.Verdict.Says
		}
		f.UndecidedBetween, f.NextExperiment = []string{}, nil
	case f.Verdict.Status == Determined:
		f.Verdict.Status = Undetermined
		f.Verdict.Says = "The refusals took several forms, and seen apart they have not the cause that they have together: " + f.Verdict.Says
		for _, c := range append(f.Verdict.Causes, union...) {
			if !slices.Contains(f.UndecidedBetween, c.Cause) {
				f.UndecidedBetween = append(f.UndecidedBetween, c.Cause)
			}
		}
	}
}
