package reports

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"why403/analysis"
)

// ageView is token age against open sockets: every upgrade as a mark, and the
// same plane counted in a grid. Without any token's age there is none; the
// timeline shows the open sockets.
type ageView struct {
	Title, Describe string
	Plot            scatter
	Grid            *gridView
	Table           []pointRow
	Of              string // upgrades the table was drawn from
}

type pointRow struct{ At, Age, Open, Answer string }

// scatter is one drawing. Accepted and refused upgrades differ in colour and
// shape, and lie in layers, each a path, so that overlapping marks grow darker
// and 4,000 of them stay small.
type scatter struct {
	Width, Height            string
	Left, Right, Top, Bottom string
	MidX, XTitleY, XTextY    string
	XTicks, YTicks           []tick
	Accepted, Refused        []string // paths
	LimitX, LimitText        string   // of open sockets
	LimitAnchor, LimitTextX  string
	LimitY, LimitYText       string // of age
	UnknownY                 string // lane of marks without an age, "" if there are none
}

const (
	scatterLayers = 5
	pointRows     = 200
)

func newAge(f *analysis.Findings, x *analysis.Exhibits) *ageView {
	if !slices.ContainsFunc(x.Points, func(p analysis.Point) bool { return p.AgeSeen }) {
		return nil
	}
	v := &ageView{Title: ageTitle(f, x), Of: count(len(x.Points)), Grid: newGrid(x.AgeGrid)}
	v.Plot = drawScatter(f, x.Points)
	v.Table = pointTable(x.Points)
	v.Describe = fmt.Sprintf("%s, by open sockets (across) and token age (up); circles were accepted, crosses refused.",
		plural(len(x.Points), "upgrade", "upgrades"))
	return v
}

func drawScatter(f *analysis.Findings, points []analysis.Point) scatter {
	const width, height, left, right, top = 540.0, 372.0, 58.0, 528.0, 14.0
	bottom, unknown := height-46, 0
	mostOpen, oldest := 1.0, time.Second
	for _, p := range points {
		mostOpen = max(mostOpen, float64(p.Open))
		if p.AgeSeen {
			oldest = max(oldest, p.Age)
		} else {
			unknown++
		}
	}
	s := scatter{Width: px(width), Height: px(height), Left: px(left), Right: px(right), Top: px(top),
		MidX: px((left + right) / 2), XTitleY: px(height - 6), XTextY: px(height - 26)}
	lane := bottom - 9
	if unknown > 0 {
		s.UnknownY = px(lane + 4)
		bottom -= 22
	}
	xs := scale{0, mostOpen * 1.02, left, right}
	ys := scale{0, oldest.Seconds() * 1.02, bottom, top}
	s.Bottom = px(bottom)
	s.XTicks = countTicks(xs, 6)
	s.YTicks = timeTicks(ys, 6)
	s.limits(f, xs, ys)
	s.marks(points, xs, ys, lane)
	return s
}

func (s *scatter) limits(f *analysis.Findings, xs, ys scale) {
	if c, ok := globalCap(f); ok && c.Threshold.Value <= xs.to {
		x := xs.at(c.Threshold.Value - 0.5) // sockets are whole: between the last accepted and the first refused
		s.LimitX, s.LimitText = px(x), limitText(f, number(c.Threshold.Value))
		s.LimitAnchor, s.LimitTextX = "end", px(x-5)
		if x < (xs.start+xs.end)/2 {
			s.LimitAnchor, s.LimitTextX = "start", px(x+5)
		}
	}
	if c, ok := ageLimit(f); ok && c.Threshold.Value <= ys.to {
		s.LimitY = px(ys.at(c.Threshold.Value))
		s.LimitYText = "refused from " + span(seconds(c.Threshold.Value)) + " on"
	}
}

func (s *scatter) marks(points []analysis.Point, xs, ys scale, lane float64) {
	var accepted, refused [scatterLayers]strings.Builder
	for i, p := range points {
		x, y := px(xs.at(float64(p.Open))), px(lane)
		if p.AgeSeen {
			y = px(ys.at(max(0, p.Age.Seconds())))
		}
		if p.Refused {
			fmt.Fprintf(&refused[i%scatterLayers], "M%s %sm-3-3 6 6m0-6-6 6", x, y)
		} else {
			fmt.Fprintf(&accepted[i%scatterLayers], "M%s %sh0", x, y)
		}
	}
	s.Accepted, s.Refused = paths(accepted[:]), paths(refused[:])
}

func paths(layers []strings.Builder) []string {
	var out []string
	for i := range layers {
		if layers[i].Len() > 0 {
			out = append(out, layers[i].String())
		}
	}
	return out
}

// pointTable is an even sample of the points, refused and accepted alike.
func pointTable(points []analysis.Point) []pointRow {
	every := (len(points) + pointRows - 1) / pointRows
	var out []pointRow
	for i := 0; i < len(points); i += every {
		p := points[i]
		row := pointRow{moment(p.At), "not known", count(p.Open), "accepted"}
		if p.AgeSeen {
			row.Age = span(p.Age)
		}
		if p.Refused {
			row.Answer = "refused"
		}
		out = append(out, row)
	}
	return out
}

// gridView is the plane of the scatter, counted. Its rows run from old to young
// as the scatter's axis does.
type gridView struct {
	Columns []string
	Rows    []gridRow
	Unknown string // upgrades whose token age is not known, "" if none
}

type gridRow struct {
	Name  string
	Cells []gridCell
}

type gridCell struct{ Share, Of, Class, Says string }

func newGrid(g analysis.AgeGrid) *gridView {
	if len(g.Cells) == 0 || len(g.AgeEdges) != len(g.Cells)+1 || len(g.OpenEdges) != len(g.Cells[0])+1 {
		return nil
	}
	v := &gridView{}
	for j := range g.Cells[0] {
		v.Columns = append(v.Columns, openRange(g.OpenEdges[j], g.OpenEdges[j+1]))
	}
	for i := len(g.Cells) - 1; i >= 0; i-- {
		row := gridRow{Name: ageRange(g.AgeEdges[i], g.AgeEdges[i+1])}
		for _, c := range g.Cells[i] {
			row.Cells = append(row.Cells, newGridCell(c))
		}
		v.Rows = append(v.Rows, row)
	}
	if g.Unknown > 0 {
		v.Unknown = plural(g.Unknown, "upgrade", "upgrades")
	}
	return v
}

// ageRange names the ages between two edges, the unit once if both have the same:
// "8–16 min".
func ageRange(low, high time.Duration) string {
	from, to := span(low), span(high)
	value, unit, _ := strings.Cut(to, " ")
	if low == 0 {
		return "0–" + to
	}
	if v, u, _ := strings.Cut(from, " "); u == unit && !strings.Contains(unit, " ") {
		return v + "–" + value + " " + unit
	}
	return from + " – " + to
}

// openRange names the whole numbers from low to below high.
func openRange(low, high int) string {
	if high-1 <= low {
		return count(low)
	}
	return count(low) + "–" + count(high-1)
}

// newGridCell gives a cell its colour in six levels, none for an empty one.
func newGridCell(c analysis.Cell) gridCell {
	n := c.Accepted + c.Refused
	if n == 0 {
		return gridCell{Share: "·", Class: "none"}
	}
	level := (c.Refused*4 + n - 1) / n // 0 to 4: only no refusal at all is 0
	if c.Refused == n {
		level = 5
	}
	return gridCell{
		Share: wholePercent(c.Refused, n), Of: count(n), Class: fmt.Sprintf("heat%d", level),
		Says: fmt.Sprintf("%s refused of %s", count(c.Refused), count(n)),
	}
}

// wholePercent is a share without decimals that keeps 0 and 100 for none and all.
func wholePercent(n, total int) string {
	p := 100 * float64(n) / float64(total)
	switch {
	case n == 0:
		return "0 %"
	case n == total:
		return "100 %"
	case p < 1:
		return "<1 %"
	case p > 99:
		return ">99 %"
	}
	return fmt.Sprintf("%.0f %%", p)
}
