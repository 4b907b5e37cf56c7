package reports

import (
	"fmt"

	"why403/analysis"
	"why403/capture"
)

// attemptsView is the list of attempts as it stands without a script: the first
// refusals. The script puts all of them in its place.
type attemptsView struct {
	Title, Of string
	Rows      []attemptRow
	Thinned   string // how many attempts are in the page, "" if all
	Data      string // for the script, see pageData
}

type attemptRow struct{ ID, At, Outcome, Class, Status, Open, Age, Left, Wait, Token, Edge string }

// attemptRows are in the page without a script.
const attemptRows = 100

func newAttempts(run *capture.Run, f *analysis.Findings, x *analysis.Exhibits) *attemptsView {
	if len(x.Attempts) == 0 {
		return nil
	}
	v := &attemptsView{Title: "Every attempt", Of: count(len(run.Upgrades)), Data: newPageData(run, f, x)}
	if len(x.Attempts) < len(run.Upgrades) {
		v.Title = "The attempts"
		v.Thinned = fmt.Sprintf("%s of %s, refusals first, the others evenly spread", count(len(x.Attempts)), count(len(run.Upgrades)))
	}
	for i := range x.Attempts {
		a := &x.Attempts[i]
		if (a.Refused || !a.Decided) && len(v.Rows) < attemptRows {
			v.Rows = append(v.Rows, newAttemptRow(a))
		}
	}
	return v
}

func newAttemptRow(a *analysis.Listed) attemptRow {
	u := a.Upgrade
	r := attemptRow{
		ID: fmt.Sprintf("attempt-%d-%d", u.Conn, u.Exchange), At: moment(a.At), Outcome: line(outcomeWord(a)), Class: "none",
		Status: fmt.Sprint(u.Status), Open: "–", Age: "–", Left: "–", Wait: "–", Token: line(string(u.Token())), Edge: "–",
	}
	if a.Refused {
		r.Class = "bad"
	}
	if a.InBand != 0 {
		r.Status = fmt.Sprint(a.InBand)
	}
	if a.Decided {
		r.Open, r.Wait = count(a.Open), span(a.Wait)
	}
	if a.AgeSeen {
		r.Age = span(a.Age)
	}
	if a.LeftSeen {
		r.Left = span(a.Left)
	}
	if u.Server.IsValid() {
		r.Edge = u.Server.String()
	}
	return r
}
