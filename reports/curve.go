package reports

import (
	"fmt"
	"time"

	"why403/analysis"
)

// curveView is the share refused over a covariate, both sides of a comparison in
// each step, as a drawing and a table.
type curveView struct {
	ID, Title, Describe string
	Axis                string // name of the covariate
	Width, Height       string
	Left, Right         string
	Bottom, AxisY       string
	Ticks               []tick
	Steps               []tick // names of the steps
	Marks               []curveMark
	Rows                []curveRow
}

// curveMark is a share with its interval.
type curveMark struct {
	Class, X, Y, Low, High string
	Says                   string
}

type curveRow struct {
	Range, A, B, Delta, Mark string
	Differs                  bool
}

func newCurveView(c analysis.Curve) curveView {
	const width, height, left, right, top, bottom = 1000.0, 250.0, 52.0, 990.0, 16.0, 206.0
	v := curveView{
		Title: "Share refused over " + line(c.Covariate), Axis: line(c.Covariate),
		Width: px(width), Height: px(height), Left: px(left), Right: px(right), Bottom: px(bottom), AxisY: px(bottom + 18),
	}
	ys := scale{0, 1, bottom, top}
	for _, share := range []float64{0, 0.25, 0.5, 0.75, 1} {
		v.Ticks = append(v.Ticks, tick{px(ys.at(share)), percent(share)})
	}
	step := (right - left) / float64(max(len(c.Bins), 1))
	changed := 0
	for i, b := range c.Bins {
		middle := left + step*(float64(i)+0.5)
		row := curveRow{
			Range: binRange(b, c.Unit), A: shareOf(b.A), B: shareOf(b.B), Delta: delta(b.Delta, "share"), Differs: b.Differs,
		}
		if b.Differs {
			row.Mark = " *"
			changed++
		}
		v.Rows = append(v.Rows, row)
		v.Steps = append(v.Steps, tick{px(middle), row.Range})
		v.mark(b.A, ys, middle-min(9, step/5), "a", "A, "+row.Range+": "+row.A)
		v.mark(b.B, ys, middle+min(9, step/5), "b", "B, "+row.Range+": "+row.B)
	}
	v.Describe = fmt.Sprintf("%s; the share refused differs in %s.", plural(len(c.Bins), "step", "steps"), count(changed))
	return v
}

func (v *curveView) mark(e *analysis.Estimate, ys scale, x float64, class, says string) {
	if e != nil {
		v.Marks = append(v.Marks, curveMark{class, px(x), px(ys.at(e.Value)), px(ys.at(e.Low)), px(ys.at(e.High)), says})
	}
}

func shareOf(e *analysis.Estimate) string {
	if e == nil {
		return "–"
	}
	return fmt.Sprintf("%s of %s", percent(e.Value), count(e.N))
}

// binRange names a step of a curve.
func binRange(b analysis.CurveBin, unit string) string {
	if unit != "s" {
		return openRange(int(b.From), int(b.To))
	}
	from, to := seconds(b.From).Round(time.Millisecond), seconds(b.To).Round(time.Millisecond)
	return ageRange(from, to)
}
