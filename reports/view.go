package reports

import (
	"html/template"
	"strings"

	"why403/analysis"
	"why403/capture"
)

// view is everything the page shows, as text and positions; the templates only
// arrange it. A nil or empty part is left out of the page.
type view struct {
	Policy string
	Style  template.CSS // ours, embedded
	Script template.JS  // the same
	Title  string
	Head   headView

	Verdict    verdictView
	Candidates []causeView
	Lesser     []causeView // the less likely candidates, folded
	Experiment *experimentView
	Mind       []string

	Timeline   *timelineView
	Age        *ageView
	Groups     []groupView
	Pair       *pairView
	JMeter     *jmeterView
	Urgent     []adviceView
	Hints      []adviceView
	Differ     *differView
	Keys       []keyView
	Attempts   *attemptsView
	Phases     *phasesView
	Considered consideredView
	Tokens     tokensView
	Ends       endsView
	Losses     lossesView
	Facts      []fact
	Absent     []string // what the page leaves out, and why
	Handover   string
}

type headView struct{ Run, Target, When string }

// fact is a name and a value of a description list.
type fact struct{ Name, Value string }

func newView(run *capture.Run, f *analysis.Findings, x *analysis.Exhibits) *view {
	v := &view{
		Policy:     policy(style, script),
		Style:      template.CSS(style),
		Script:     template.JS(script),
		Title:      "why403: " + line(f.Verdict.Says),
		Head:       head(run),
		Verdict:    newVerdict(f),
		Experiment: newExperiment(f),
		Mind:       allToMind(run, f),
		Timeline:   newTimeline(run, f, x),
		Age:        newAge(f, x),
		Groups:     newGroups(f, x),
		Pair:       newPair(run, f, x),
		Phases:     newPhases(x),
		JMeter:     newJMeter(x),
		Differ:     newDiffer(x),
		Keys:       newKeys(x),
		Attempts:   newAttempts(run, f, x),
		Considered: newConsidered(f),
		Tokens:     newTokens(run),
		Ends:       newEnds(run),
		Losses:     newLosses(run),
		Facts:      environment(run, f),
		Handover:   handover(run, f, x),
	}
	v.Urgent, v.Hints = newAdvice(f)
	if f.Verdict.Status == analysis.Undetermined {
		v.Candidates, v.Lesser = parted(causeViews(f.Verdict.Causes, false), f.Verdict.Causes)
	}
	v.Absent = absent(v, f, x)
	return v
}

func head(run *capture.Run) headView {
	h := headView{Run: line(run.ID), When: date(run.Started)}
	if len(run.Upgrades) > 0 {
		u := run.Upgrades[0]
		path, _, _ := strings.Cut(u.Target, "?")
		h.Target = line(cut(u.Scheme+"://"+u.Authority+path, 120))
	}
	return h
}

// absent says what a reader may miss on the page, and why it is not there.
func absent(v *view, f *analysis.Findings, x *analysis.Exhibits) []string {
	var out []string
	if v.Timeline == nil {
		out = append(out, "Timeline: the recording holds no upgrades.")
	}
	if v.Age == nil {
		out = append(out, "Token age against open sockets: no token's age is known.")
	}
	if refusals(f) == 0 {
		out = append(out, "Refusals by status and body, and raw samples of them: there were none.")
	} else if x.Pair == nil || x.Pair.Accepted == nil {
		out = append(out, "A nearest accepted upgrade to compare with: there was none.")
	}
	if v.Phases == nil {
		out = append(out, "Times of phases: none was seen.")
	}
	return out
}
