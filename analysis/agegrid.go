package analysis

import (
	"slices"
	"time"

	"why403/analysis/covariate"
)

// mostPoints bounds the points of the scatter plot.
const mostPoints = 4000

// points returns the attempts as points. If there are too many, each outcome keeps
// a share: the rarer one as much of its own as fits in half.
func (x *exhibition) points() []Point {
	var of [2][]int // accepted, refused
	for i, refused := range x.table.Refused {
		if refused {
			of[1] = append(of[1], i)
		} else {
			of[0] = append(of[0], i)
		}
	}
	rare, common := of[0], of[1]
	if len(rare) > len(common) {
		rare, common = common, rare
	}
	var picked []int
	for _, k := range thin(len(rare), max(mostPoints/2, mostPoints-len(common))) {
		picked = append(picked, rare[k])
	}
	for _, k := range thin(len(common), mostPoints-len(picked)) {
		picked = append(picked, common[k])
	}
	slices.Sort(picked)
	points := make([]Point, 0, len(picked))
	for _, i := range picked {
		a := &x.table.Attempts[i]
		points = append(points, Point{
			At: x.elapsed(a.Answered), Age: a.Age, AgeSeen: knowsIssue(a),
			Open: int(x.open[i]), Refused: a.Refused,
		})
	}
	return points
}

// The size of an age grid.
const (
	ageRows     = 6
	openColumns = 8
)

func (x *exhibition) ageGrid(f *Findings) AgeGrid {
	var g AgeGrid
	var oldest, youngest time.Duration
	most := 0
	first := true
	for i := range x.table.Attempts {
		a := &x.table.Attempts[i]
		if !knowsIssue(a) {
			g.Unknown++
			continue
		}
		if first {
			oldest, youngest, first = a.Age, a.Age, false
		}
		oldest, youngest = max(oldest, a.Age), min(youngest, a.Age)
		most = max(most, int(x.open[i]))
	}
	if first {
		return g
	}
	g.AgeEdges = ageEdges(youngest, oldest, suspectedAge(f))
	g.OpenEdges = openEdges(most, suspectedCap(f))
	g.Cells = make([][]Cell, len(g.AgeEdges)-1)
	for i := range g.Cells {
		g.Cells[i] = make([]Cell, len(g.OpenEdges)-1)
	}
	for i := range x.table.Attempts {
		if a := &x.table.Attempts[i]; knowsIssue(a) {
			g.add(a, int(x.open[i]))
		}
	}
	return g
}

func (g *AgeGrid) add(a *covariate.Attempt, open int) {
	row := column(g.AgeEdges, a.Age)
	cell := &g.Cells[row][column(g.OpenEdges, open)]
	if a.Refused {
		cell.Refused++
	} else {
		cell.Accepted++
	}
}

// column returns which of the half-open intervals between edges holds a value.
func column[T int | float64 | time.Duration](edges []T, v T) int {
	i, found := slices.BinarySearch(edges, v)
	if !found {
		i--
	}
	return min(max(i, 0), len(edges)-2)
}

// suspectedCap is the limit on open sockets of the verdict, 0 if it names none.
func suspectedCap(f *Findings) int {
	for _, c := range f.Verdict.Causes {
		if c.Cause == concurrencyCap.name && c.Threshold != nil {
			return int(c.Threshold.Value)
		}
	}
	return 0
}

// suspectedAge is the age limit of the verdict, 0 if it names none.
func suspectedAge(f *Findings) time.Duration {
	for _, c := range f.Verdict.Causes {
		if c.Cause == tokenTooOld.name && c.Threshold != nil {
			return time.Duration(c.Threshold.Value * float64(time.Second))
		}
	}
	return 0
}

// openEdges divides 0 to most open sockets. If a limit is suspected the last column
// begins at it, and the others divide what lies below.
func openEdges(most, limit int) []int {
	if limit <= 0 || limit > most {
		return evenEdges(most+1, openColumns)
	}
	edges := evenEdges(limit, openColumns-1)
	return append(edges, most+1)
}

// evenEdges divides 0 to end into at most n columns of round width, the last one
// ending at end.
func evenEdges(end, n int) []int {
	width := roundUp((end + n - 1) / n)
	edges := []int{0}
	for at := width; at < end; at += width {
		edges = append(edges, at)
	}
	return append(edges, end)
}

// roundUp returns the next number that is 1, 2, 2.5 or 5 times a power of ten.
func roundUp(n int) int {
	for scale := 1; ; scale *= 10 {
		for _, tenths := range []int{10, 20, 25, 50} {
			if v := tenths * scale / 10; v >= n && v*10 == tenths*scale {
				return v
			}
		}
	}
}

// ageEdges divides the ages in steps of a round width. If a limit is suspected it
// is an edge.
func ageEdges(youngest, oldest, limit time.Duration) []time.Duration {
	width := niceWidth((oldest - min(youngest, 0)) / ageRows)
	from := youngest / width * width
	if from > youngest {
		from -= width
	}
	edges := []time.Duration{from}
	for at := from + width; at <= oldest; at += width {
		edges = append(edges, at)
	}
	edges = append(edges, edges[len(edges)-1]+width)
	if limit > edges[0] && limit < edges[len(edges)-1] && !slices.Contains(edges, limit) {
		edges = append(edges, limit)
		slices.Sort(edges)
	}
	return edges
}

// niceWidth returns a round time of at least d.
func niceWidth(d time.Duration) time.Duration {
	for _, w := range niceSteps {
		if d <= w {
			return w
		}
	}
	return d
}
