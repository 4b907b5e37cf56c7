package reports

import (
	"fmt"

	"why403/analysis"
	"why403/analysis/jtl"
)

// jmeterView is the recording in JMeter's terms.
type jmeterView struct {
	Title    string
	Lines    []string
	Samplers []samplerRow
}

type samplerRow struct{ Label, Samples, Failed, Upgrades, Refused, Threads string }

func newJMeter(x *analysis.Exhibits) *jmeterView {
	s := x.JMeter
	if s == nil {
		return nil
	}
	v := &jmeterView{Title: "In JMeter's terms", Lines: JMeterLines(s)}
	if f := s.First; f != nil && f.AllThreads >= 0 {
		v.Title = fmt.Sprintf("JMeter saw the first refusal at %s", plural(f.AllThreads, "active thread", "active threads"))
	}
	for i, l := range s.Samplers {
		if i == tallyRows {
			break
		}
		v.Samplers = append(v.Samplers, samplerRow{line(cut(l.Label, 200)), count(l.Samples), count(l.Failed), count(l.Upgrades), count(l.Refused), count(l.Threads)})
	}
	return v
}

// JMeterLines says in sentences what joining JMeter's results gave, and what it
// could not join.
func JMeterLines(s *jtl.Summary) []string {
	var out []string
	if f := s.First; f != nil {
		at := ""
		if f.AllThreads >= 0 {
			at = fmt.Sprintf(" at %s", plural(f.AllThreads, "active thread", "active threads"))
		}
		out = append(out, line(fmt.Sprintf("First %s%s: sampler %q, thread %q, %s after the start (line %d of the results).",
			refusalName(f.Status), at, cut(f.Label, 200), cut(f.Thread, 200), span(f.At), f.Line)))
	}
	joined := s.ByID + s.ByThread
	out = append(out, fmt.Sprintf("%s of %s joined with upgrades: %s by id, %s by thread and time.",
		count(joined), plural(s.Samples, "sample was", "samples were"), count(s.ByID), count(s.ByThread)))
	if s.Alone > 0 {
		out = append(out, fmt.Sprintf("%s of a WebSocket sampler could not be joined with an upgrade.", plural(s.Alone, "sample", "samples")))
	}
	if s.Unsampled > 0 {
		out = append(out, fmt.Sprintf("%s could not be joined with a sample.", plural(s.Unsampled, "upgrade", "upgrades")))
	}
	if s.Zero > 0 {
		out = append(out, fmt.Sprintf("%s with timeStamp 0 left out: samplers that found no connection.", plural(s.Zero, "row", "rows")))
	}
	return out
}

func refusalName(status int) string {
	if status == 101 {
		return "refusal in band"
	}
	return fmt.Sprint(status)
}
