package reports

import (
	"fmt"
	"slices"

	"why403/analysis"
)

// differView is refused and accepted attempts side by side over the properties that
// tell them most apart: the first ones in the open, the rest folded.
type differView struct {
	Title      string
	Open, Fold []distributionView
	More       string // how many are folded
	Waits      *distributionView
}

type distributionView struct {
	Name, Apart, Note string
	Rows              []distributionRow
}

type distributionRow struct {
	Label, Refused, Accepted           string
	RefusedWidth, AcceptedWidth        string // of 100
	RefusedShare, AcceptedShare, Share string
}

// openDistributions are shown without a click.
const openDistributions = 4

func newDiffer(x *analysis.Exhibits) *differView {
	if len(x.Differ) == 0 {
		return nil
	}
	v := &differView{Title: "What refused and accepted upgrades differ in"}
	if x.Differ[0].Apart > 0.9 {
		v.Title = fmt.Sprintf("Refused and accepted upgrades differ most in: %s", line(x.Differ[0].Name))
	}
	for i, d := range x.Differ {
		if i < openDistributions {
			v.Open = append(v.Open, newDistribution(d))
		} else {
			v.Fold = append(v.Fold, newDistribution(d))
		}
	}
	v.More = plural(len(v.Fold), "more property", "more properties")
	if x.Waits != nil {
		w := newDistribution(*x.Waits)
		v.Waits = &w
	}
	return v
}

func newDistribution(d analysis.Distribution) distributionView {
	v := distributionView{Name: line(d.Name), Apart: wholePercent(int(d.Apart*1000+0.5), 1000)}
	if d.Unknown > 0 {
		v.Note = fmt.Sprintf("not known for %s", plural(d.Unknown, "upgrade", "upgrades"))
	}
	refused, accepted := 0, 0
	for _, b := range d.Bins {
		refused += b.Refused
		accepted += b.Accepted
	}
	most := 0.0 // share of a bin: the longest bar
	for _, b := range d.Bins {
		most = max(most, float64(b.Refused)/float64(max(refused, 1)), float64(b.Accepted)/float64(max(accepted, 1)))
	}
	for _, b := range d.Bins {
		v.Rows = append(v.Rows, distributionRow{
			Label: line(cut(b.Label, 80)), Refused: count(b.Refused), Accepted: count(b.Accepted),
			RefusedWidth: width(b.Refused, most*float64(refused)), AcceptedWidth: width(b.Accepted, most*float64(accepted)),
			RefusedShare: wholePercent(b.Refused, max(refused, 1)), AcceptedShare: wholePercent(b.Accepted, max(accepted, 1)),
			Share: wholePercent(b.Refused, max(b.Refused+b.Accepted, 1)),
		})
	}
	return v
}

// width is n as a length of 100, of being the longest; what is not 0 can be seen.
func width(n int, of float64) string {
	if n == 0 || of == 0 {
		return "0"
	}
	return px(min(100, max(1, 100*float64(n)/of)))
}

// keyView is the load under one key.
type keyView struct {
	ID, Title string
	Rows      []keyRow
	More      string
}

type keyRow struct{ Value, MostOpen, MostAccepted, LeastRefused, Attempts, Refused string }

func newKeys(x *analysis.Exhibits) []keyView {
	var out []keyView
	for _, k := range x.Keys {
		if shared(k) {
			out = append(out, newKeyView(k))
		}
	}
	return out
}

// shared reports whether any value of a key ever had two sockets open; if none had,
// a limit under it cannot show.
func shared(k analysis.KeyLoad) bool {
	return slices.ContainsFunc(k.Rows, func(r analysis.KeyRow) bool { return r.MostOpen > 1 })
}

func newKeyView(k analysis.KeyLoad) keyView {
	v := keyView{ID: "per-" + slug(k.Scope), Title: line(scopeTitle(k.Scope))}
	for _, r := range k.Rows {
		v.Rows = append(v.Rows, keyRow{line(cut(r.Value, 120)), count(r.MostOpen), countOr(r.MostAccepted), countOr(r.LeastRefused), count(r.Attempts), count(r.Refused)})
	}
	if k.Values > len(k.Rows) {
		v.More = count(k.Values - len(k.Rows))
	}
	return v
}

func scopeTitle(scope string) string {
	if name, ok := scopeNames[scope]; ok {
		return "Sockets " + name
	}
	return "Sockets per " + scope
}

func countOr(n int) string {
	if n < 0 {
		return "–"
	}
	return count(n)
}
