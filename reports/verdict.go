package reports

import (
	"fmt"
	"slices"

	"why403/analysis"
)

type verdictView struct {
	Status     string // as a class: "determined"
	Sign, Word string // "✔", "determined"
	Confidence string // "98.4 %", "" without
	Says       string
	Means      string // what the only cause means, "" if the headline says it
	Lead       string // the first clause of the evidence
	Evidence   string // the rest of it
	Answered   []fact // who made the refusals, what else it could be, who passed them on
	Tiles      []tile
	Causes     []causeView // of a determined verdict
	Several    bool        // more than one cause acts at once
}

// tile is one number with its name.
type tile struct{ Value, Name, Kind string }

type causeView struct {
	ID, Name, Says, Parameter string
	Probability               string
	Share                     string // of 100, for a bar's width
	Equivalent                []string
	Do                        []step
	WouldRefute               string
	Explains                  string
}

func newVerdict(f *analysis.Findings) verdictView {
	v := verdictView{
		Status:     string(f.Verdict.Status),
		Confidence: confidence(f.Verdict),
		Says:       unbroken(line(f.Verdict.Says)),
		Tiles:      tiles(f),
	}
	clauses := evidence(f)
	v.Lead, v.Evidence = sentence(clauses[:1]), sentence(clauses[1:])
	v.Sign, v.Word = statusOf(f)
	if f.Attempts == 0 {
		v.Status = string(analysis.Insufficient)
	}
	if a := f.AnsweredBy; a != nil {
		v.Answered = answeredFacts(a)
	}
	if f.Verdict.Status == analysis.Determined {
		v.Causes = causeViews(f.Verdict.Causes, len(f.Verdict.Causes) > 1)
		v.Several = len(v.Causes) > 1
		if len(v.Causes) == 1 && v.Causes[0].Says != line(f.Verdict.Says) {
			v.Means = v.Causes[0].Says
		}
	}
	return v
}

// unknownLayer is the layer of an answer that no known form fits.
const unknownLayer = "unknown"

// answeredFacts says who made the refusals. Each fact is a clause and what follows
// it after a colon.
func answeredFacts(a *analysis.AnsweredBy) []fact {
	who := "Answered by " + line(a.Layer)
	if a.Layer == unknownLayer {
		who = "Who answered is not known"
	}
	if a.Refusals > 0 && a.Refusals < a.Of {
		who += fmt.Sprintf(" (%s of %s have this form)", count(a.Refusals), plural(a.Of, "refusal", "refusals"))
	}
	out := []fact{{who, line(a.Evidence)}}
	if a.Doubt != "" && a.Layer != unknownLayer {
		out = append(out, fact{"It could also be", line(a.Doubt)})
	}
	for _, r := range a.Relays {
		out = append(out, fact{"Passed on by " + line(r.Layer), line(r.Evidence)})
	}
	return out
}

func tiles(f *analysis.Findings) []tile {
	out := []tile{
		{count(refusals(f)), "refused", ""},
		{count(f.Accepted), "accepted", "accepted"},
		{count(f.PeakOpen), "open at most", ""},
		{span(seconds(f.DurationS)), "recorded", ""},
	}
	if refusals(f) > 0 {
		out[0].Kind = "refused"
	}
	if n := sum(unanswered(f)); n > 0 {
		out = append(out, tile{count(n), "without an answer", "failed"})
	}
	return out
}

func causeViews(causes []analysis.Cause, together bool) []causeView {
	ids := slugs{}
	out := make([]causeView, len(causes))
	for i, c := range causes {
		out[i] = causeView{
			ID:          ids.take("cause-" + c.Cause + "-" + c.Scope),
			Name:        title(c),
			Says:        line(c.Says),
			Parameter:   parameter(c.Cause, c.Threshold, c.Linger, nil),
			Probability: probability(c.Probability),
			Share:       barWidth(c.Probability),
			Equivalent:  scopesOf(c.ScopeEquivalent),
			Do:          steps(c.Do),
			WouldRefute: line(c.WouldRefute),
			Explains:    accountsFor(c, together),
		}
	}
	return out
}

// lesser is the probability below which a candidate is folded away; two always stand,
// and five at most.
const (
	lesser    = 0.05
	mostStand = 5
)

// parted parts the views of candidates, the most probable first, at lesser.
func parted(views []causeView, causes []analysis.Cause) (stand, fold []causeView) {
	n := slices.IndexFunc(causes, func(c analysis.Cause) bool { return c.Probability < lesser })
	if n < 0 {
		n = len(views)
	}
	n = min(max(n, 2), mostStand, len(views))
	return views[:n], views[n:]
}

// accountsFor counts what a cause explains, "" if there is nothing to count.
func accountsFor(c analysis.Cause, together bool) string {
	switch {
	case soft(c):
		return "says how often upgrades are refused, not which ones"
	case c.Cause == "unknown":
		return ""
	}
	of := fmt.Sprintf("accounts for %s of %s", count(c.Explains.Refused), plural(c.Explains.Of, "refusal", "refusals"))
	if together {
		return of // what contradicts one of several is the others' doing
	}
	return of + ", contradicted by " + count(c.ContradictedBy)
}

// barWidth is a probability as a width of 100; what is not 0 is wide enough to be
// seen.
func barWidth(p float64) string {
	if p <= 0 {
		return "0"
	}
	return px(min(100, max(1, 100*p)))
}

func lines(in []string) []string {
	var out []string
	for _, s := range in {
		out = append(out, line(s))
	}
	return out
}

type experimentView struct {
	Name, Why string
	Do        []step
	Parts     []string
	Predicts  []prediction
}

func newExperiment(f *analysis.Findings) *experimentView {
	x := f.NextExperiment
	if x == nil {
		return nil
	}
	return &experimentView{
		Name: line(x.Name), Why: sentence([]string{line(x.Why)}), Do: steps(x.Do),
		Parts: countedApart(x), Predicts: predictions(f),
	}
}
