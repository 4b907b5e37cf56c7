package reports

import (
	"fmt"
	"time"

	"why403/analysis"
)

// phasesView is the table of phases.
type phasesView struct {
	Title string
	Rows  []phaseRow
}

// phaseRow is one phase over all attempts, refused and accepted apart.
type phaseRow struct {
	Name, N             string
	P50, P90, P99       string
	Refused, Accepted   string // medians
	RefusedN, AcceptedN string
	RefusedX, AcceptedX string // positions of the medians on the row's line, "" if not seen
	From, To            string // ends of the line between them
	Says                string
}

// newPhases places the medians of each phase on a line that runs from 0 to the
// greatest median of its own row, so that refused and accepted compare within a
// phase; phases differ too much for one scale.
func newPhases(x *analysis.Exhibits) *phasesView {
	if len(x.Phases) == 0 {
		return nil
	}
	v := &phasesView{Title: "Where time goes"}
	for _, p := range x.Phases {
		row := phaseRow{
			Name: line(p.Name), N: count(p.N), P50: span(p.P50), P90: span(p.P90), P99: span(p.P99),
			Refused: "–", Accepted: "–", RefusedN: count(p.RefusedN), AcceptedN: count(p.AccptN),
		}
		xs := scale{0, max(p.RefusedP50, p.AcceptedP50, time.Nanosecond).Seconds(), 6, 114}
		if p.RefusedN > 0 {
			row.Refused, row.RefusedX = span(p.RefusedP50), px(xs.at(p.RefusedP50.Seconds()))
		}
		if p.AccptN > 0 {
			row.Accepted, row.AcceptedX = span(p.AcceptedP50), px(xs.at(p.AcceptedP50.Seconds()))
		}
		row.From, row.To = row.RefusedX, row.AcceptedX
		row.Says = fmt.Sprintf("median %s refused, %s accepted", row.Refused, row.Accepted)
		if p.RefusedN > 0 && p.AccptN > 0 {
			v.Title = "Where time goes, refused against accepted"
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}
