package reports

import "why403/analysis"

// adviceView is one thing that stands out beside the verdict.
type adviceView struct {
	ID, Says string
	Do       []step
}

// newAdvice divides the advice into what may spoil the test, which a reader must see
// before the figures, and hints.
func newAdvice(f *analysis.Findings) (urgent, hints []adviceView) {
	ids := slugs{}
	for _, a := range f.Advice {
		v := adviceView{ids.take("advice-" + a.Name), line(a.Says), steps(a.Do)}
		if a.Urgent {
			urgent = append(urgent, v)
		} else {
			hints = append(hints, v)
		}
	}
	return urgent, hints
}
