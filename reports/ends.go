package reports

import (
	"cmp"
	"strings"
	"time"

	"why403/capture"
)

// endsView is how the accepted sockets ended.
type endsView struct {
	Rows  []endRow
	More  int // groups that the table leaves out
	Total string
}

type endRow struct{ By, How, Code, Reason, Count, Share, Life string }

// endKey is what ends are tallied by; the reason is the gateway's own words.
type endKey struct {
	by   capture.Side
	how  capture.Ending
	code int
	open bool
	text string
}

func newEnds(run *capture.Run) endsView {
	groups := map[endKey][]*capture.Socket{}
	total := 0
	for _, u := range run.Upgrades {
		s := &u.Socket
		if !s.Opened.Seen() {
			continue
		}
		total++
		k := endKey{s.EndedBy, s.How, s.CloseCode, false, s.CloseReason}
		if !s.Closed.Seen() {
			k = endKey{open: true}
		}
		groups[k] = append(groups[k], s)
	}
	v := endsView{Total: count(total)}
	for _, k := range byCount(groups, compareEndKeys) {
		if len(v.Rows) == tallyRows {
			v.More = len(groups) - tallyRows
			break
		}
		v.Rows = append(v.Rows, newEndRow(k, groups[k], total))
	}
	return v
}

func compareEndKeys(a, b endKey) int {
	return cmp.Or(cmp.Compare(a.by, b.by), cmp.Compare(a.how, b.how), cmp.Compare(a.code, b.code), strings.Compare(a.text, b.text))
}

func newEndRow(k endKey, all []*capture.Socket, total int) endRow {
	row := endRow{
		By: string(k.by), How: string(k.how), Code: "–", Reason: line(cut(k.text, 200)),
		Count: count(len(all)), Share: share(len(all), total), Life: "–",
	}
	if k.code != 0 {
		row.Code = codeName(k.code)
	}
	if k.open {
		row.By, row.How = "–", "open at the end of the recording"
	}
	var lives []time.Duration
	for _, s := range all {
		if d, ok := capture.Since(s.Opened, s.Closed); ok {
			lives = append(lives, d)
		}
	}
	if len(lives) > 0 {
		row.Life = span(median(lives))
	}
	row.By, row.How = line(row.By), line(row.How)
	return row
}
