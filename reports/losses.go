package reports

import (
	"fmt"

	"why403/analysis"
	"why403/capture"
)

// lossesView is what the recorder knows that it missed.
type lossesView struct {
	Rows []lossRow
	More int
}

type lossRow struct{ At, Kind, Count, Detail string }

var lossNames = map[capture.LossKind]struct{ what, one, many string }{
	capture.LostQueue:   {"the writer fell behind", "record dropped", "records dropped"},
	capture.LostDisk:    {"the run file did not take them", "record lost", "records lost"},
	capture.LostGap:     {"a gap in the stream", "byte missing", "bytes missing"},
	capture.LostBlind:   {"tunnelled without being read", "connection", "connections"},
	capture.LostParse:   {"not HTTP/1.1, or broke its framing", "connection", "connections"},
	capture.LostRefused: {"over a limit of the recorder", "connection refused", "connections refused"},

	capture.LostPackets:   {"not in the capture, or not whole", "packet", "packets"},
	capture.LostFile:      {"could be read only in part", "file", "files"},
	capture.LostKeys:      {"encrypted, and could not be read", "TLS connection", "TLS connections"},
	capture.LostLate:      {"open when the capture began, and not read", "connection", "connections"},
	capture.LostHandshake: {"failed before a request was sent", "connection", "connections"},
}

func newLosses(run *capture.Run) lossesView {
	var v lossesView
	for _, l := range run.Losses {
		if len(v.Rows) == tallyRows {
			v.More = len(run.Losses) - tallyRows
			break
		}
		name := lossNames[l.Kind]
		if name.what == "" {
			name.what, name.many, name.one = string(l.Kind), "lost", "lost"
		}
		v.Rows = append(v.Rows, lossRow{clock(l.At), line(name.what), plural(int(l.Count), name.one, name.many), line(cut(l.Detail, 300))})
	}
	return v
}

// lossSays is a loss in one clause: "12 records dropped: the writer fell behind".
func lossSays(l capture.Loss) string {
	name := lossNames[l.Kind]
	if name.what == "" {
		return line(fmt.Sprintf("%s: %s", l.Kind, count(int(l.Count))))
	}
	return plural(int(l.Count), name.one, name.many) + ": " + name.what
}

// allToMind is what the page warns of before its figures: what the findings
// know, then what the recorder missed, each kind once, then its own notes.
func allToMind(run *capture.Run, f *analysis.Findings) []string {
	out := mind(f)
	seen := map[string]bool{}
	for _, m := range out {
		seen[m] = true
	}
	add := func(s string) {
		if s = sentence([]string{s}); s == "" {
			return
		}
		if !seen[s] && len(out) < tallyRows {
			out = append(out, s)
			seen[s] = true
		}
	}
	totals := map[capture.LossKind]int64{}
	for _, l := range run.Losses {
		totals[l.Kind] += l.Count
	}
	for _, l := range run.Losses {
		if n, ok := totals[l.Kind]; ok {
			add("not recorded: " + lossSays(capture.Loss{Kind: l.Kind, Count: n}))
			delete(totals, l.Kind)
		}
	}
	for _, n := range run.Notes {
		add(line(cut(n.Text, 300)))
	}
	if len(run.Losses) == 0 {
		add("nothing was lost in recording that the recorder knows of")
	}
	return out
}
