package reports

import (
	"fmt"
	"strings"

	"why403/analysis"
	"why403/capture"
)

// environment are the facts to reproduce a recording by.
func environment(run *capture.Run, f *analysis.Findings) []fact {
	ended := date(run.Ended)
	if !run.Ended.Seen() {
		ended = "not sealed: the recording broke off or was still running"
	}
	facts := []fact{
		{"Run", run.ID}, {"Source", run.Source}, {"why403", run.Version}, {"Host", run.Host},
		{"Command", strings.Join(run.Command, " ")},
		{"Started", date(run.Started)}, {"Ended", ended}, {"Lasted", span(run.Duration())},
		{"Sample", fmt.Sprintf("%s, %s, %s", plural(len(run.Upgrades), "upgrade", "upgrades"),
			plural(len(run.Tokens), "token", "tokens"), plural(len(run.TokenRequests), "token request", "token requests"))},
		{"Clock", clockFact(run, f)},
		{"Findings", f.Schema},
	}
	for _, p := range run.Parts {
		facts = append(facts, fact{"Recording", fmt.Sprintf("%s: run %s, started %s, %s", p.Name, p.ID, date(p.Started), strings.Join(p.Command, " "))})
	}
	out := facts[:0]
	for _, x := range facts {
		if x.Value = line(cut(x.Value, 2000)); x.Value != "" {
			out = append(out, x)
		}
	}
	return out
}

func clockFact(run *capture.Run, f *analysis.Findings) string {
	from := plural(len(run.Clock), "Date field", "Date fields")
	if f.Clock == nil {
		return "offset of the gateway's clock not known, " + from
	}
	return clockSays(f.Clock) + ", from " + from
}
