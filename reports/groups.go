package reports

import (
	"fmt"
	"strings"

	"why403/analysis"
)

// groupRows bounds the table of groups; a gateway that puts an identifier into
// each body could make one of every refusal.
const groupRows = 40

type groupView struct {
	ID, Title, Status   string
	InBand              bool
	Count, Share        string
	First, Last, Wait   string
	Body, ResponseLines string
	Rest                bool // the last row: what the others were
}

func newGroups(f *analysis.Findings, x *analysis.Exhibits) []groupView {
	ids := slugs{}
	total := refusals(f)
	var out []groupView
	for i, g := range x.Groups {
		if i == groupRows {
			out = append(out, restOfGroups(x.Groups[i:], total))
			break
		}
		v := groupView{
			ID: ids.take(fmt.Sprintf("group-%d", i+1)), Title: line(cut(strings.TrimPrefix(g.Title, fmt.Sprintf("%d, ", g.Status)), 200)), Status: fmt.Sprint(g.Status),
			InBand: g.InBand, Count: count(g.Count), Share: share(g.Count, total),
			First: moment(g.First), Last: moment(g.Last), Wait: span(g.MedianWait),
			Body: strings.TrimSpace(block(g.BodyStart, 400)),
		}
		if g.Example != nil {
			v.ResponseLines = strings.TrimSpace(block(string(g.Example.ResponseHead.Head()), 2000))
		}
		out = append(out, v)
	}
	return out
}

func restOfGroups(groups []analysis.Group, total int) groupView {
	n := 0
	for _, g := range groups {
		n += g.Count
	}
	return groupView{Title: plural(len(groups), "more group", "more groups"), Count: count(n), Share: share(n, total), Rest: true}
}

// block is text of several lines: line ends as they are on the wire become line
// feeds, all else that is invisible is shown.
func block(s string, limit int) string {
	return visible(strings.ReplaceAll(cut(s, limit), "\r\n", "\n"))
}
