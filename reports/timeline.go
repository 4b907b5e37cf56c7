package reports

import (
	"fmt"
	"strings"
	"time"

	"why403/analysis"
	"why403/capture"
)

// timelineView is the load over time, drawn twice: for wide and narrow pages, as
// text in a drawing does not reflow.
type timelineView struct {
	Title, Describe string
	Drawings        []timelineDrawing
	Table           []stepRow
	Skipped         int // rows that the table leaves out
}

type stepRow struct{ From, Open, Peak, Accepted, Refused, Failed string }

// timelineRows bounds the data table.
const timelineRows = 400

// timelineDrawing is one drawing of three panels on one time axis: marks of
// refusals, open sockets, upgrades per step.
type timelineDrawing struct {
	ID, Class     string
	Width, Height string
	Left, Right   string

	Times                 []tick
	AxisY, AxisTextY      string
	Rug                   string // path of refusal marks
	RugY, RugText         string
	OpenTitle             string
	OpenTop, OpenBottom   string
	OpenTicks             []tick
	Area, Line            string
	Limit, LimitText      string // y of the threshold line, "" without
	LimitTextY            string
	BarTitle, BarTitleY   string
	BarTop, BarBottom     string
	BarTicks              []tick
	Good, Bad, Unanswered string // paths of bars
	Losses                []mark
	Hovers                []hover
}

// mark is a position on the time axis with its explanation.
type mark struct{ X, Says string }

// hover is the area of one step, with what it shows when pointed at.
type hover struct{ X, Width, Says string }

func newTimeline(run *capture.Run, f *analysis.Findings, x *analysis.Exhibits) *timelineView {
	t := x.Timeline
	if f.Attempts == 0 || len(t.Steps) == 0 || t.Step <= 0 {
		return nil
	}
	v := &timelineView{Title: timelineTitle(f, x)}
	v.Describe = fmt.Sprintf("Open sockets over %s, %s at most; below it accepted and refused upgrades per %s; above it %s.",
		span(t.Step*time.Duration(len(t.Steps))), count(f.PeakOpen), span(t.Step),
		plural(t.RefusalCount, "refusal", "refusals"))
	wide := layout{id: "timeline-wide", class: "wide", width: 1080, left: 46, ticks: 8, open: 190, bars: 74}
	narrow := layout{id: "timeline-narrow", class: "narrow", width: 400, left: 36, ticks: 4, open: 170, bars: 70}
	v.Drawings = []timelineDrawing{wide.draw(run, f, t), narrow.draw(run, f, t)}
	v.table(t)
	return v
}

func (v *timelineView) table(t analysis.Timeline) {
	every := (len(t.Steps) + timelineRows - 1) / timelineRows
	for i := 0; i < len(t.Steps); i += every {
		s := t.Steps[i]
		v.Table = append(v.Table, stepRow{moment(t.Step * time.Duration(i)), count(s.Open), count(s.PeakOpen),
			count(s.Accepted), count(s.Refused), count(s.Failed)})
	}
	v.Skipped = len(t.Steps) - len(v.Table)
}

// layout places the panels of a timeline, in user units from the top left.
type layout struct {
	id, class   string
	width, left float64
	ticks       int     // about how many marks the time axis gets
	open, bars  float64 // heights of the panels
}

const (
	rugTop, rugHeight = 26.0, 11.0
	openTop           = rugTop + rugHeight + 7
	panelGap          = 34.0
)

func (l layout) draw(run *capture.Run, f *analysis.Findings, t analysis.Timeline) timelineDrawing {
	end := (t.Step * time.Duration(len(t.Steps))).Seconds()
	xs := scale{0, end, l.left, l.width - 10}
	openEnd := openTop + l.open
	barTop := openEnd + panelGap
	barEnd := barTop + l.bars
	d := timelineDrawing{
		ID: l.id, Class: l.class, Width: px(l.width), Height: px(barEnd + 24),
		Left: px(xs.start), Right: px(xs.end),
		Times: timeTicks(xs, l.ticks), AxisY: px(barEnd), AxisTextY: px(barEnd + 17),
		Rug: rug(t, xs), RugY: px(rugTop), RugText: rugText(t),
		OpenTitle: "Open sockets, most in each " + span(t.Step),
		OpenTop:   px(openTop), OpenBottom: px(openEnd),
		BarTitle: "Upgrades per " + span(t.Step), BarTitleY: px(barTop - 10),
		BarTop: px(barTop), BarBottom: px(barEnd),
		Losses: lossMarks(run, xs),
	}
	d.drawOpen(f, t, xs, openEnd)
	d.drawBars(t, xs, barTop, barEnd)
	if l.class == "wide" {
		d.Hovers = hovers(t, xs)
	}
	return d
}

func (d *timelineDrawing) drawOpen(f *analysis.Findings, t analysis.Timeline, xs scale, bottom float64) {
	top := 1.0
	for _, s := range t.Steps {
		top = max(top, float64(s.PeakOpen), float64(s.Open))
	}
	limit, capped := globalCap(f)
	if capped && limit.Threshold.Value < 4*top {
		top = max(top, limit.Threshold.Value)
	}
	ys := scale{0, top, bottom, openTop}
	d.OpenTicks = countTicks(ys, 4)
	var b strings.Builder
	for i, s := range t.Steps {
		y := px(ys.at(float64(max(s.PeakOpen, s.Open))))
		from, to := xs.at((t.Step * time.Duration(i)).Seconds()), xs.at((t.Step * time.Duration(i+1)).Seconds())
		if i == 0 {
			fmt.Fprintf(&b, "M%s %sH%s", px(from), y, px(to))
		} else {
			fmt.Fprintf(&b, "V%sH%s", y, px(to))
		}
	}
	d.Line = b.String()
	d.Area = fmt.Sprintf("%sV%sH%sZ", d.Line, px(bottom), px(xs.start))
	if capped && limit.Threshold.Value <= top {
		y := ys.at(limit.Threshold.Value)
		d.Limit, d.LimitTextY = px(y), px(y+14)
		d.LimitText = limitText(f, quantity(limit.Threshold.Value, limit.Threshold.Unit))
	}
}

func (d *timelineDrawing) drawBars(t analysis.Timeline, xs scale, top, bottom float64) {
	most := 1.0
	for _, s := range t.Steps {
		most = max(most, float64(s.Accepted+s.Refused+s.Failed))
	}
	ys := scale{0, most, bottom, top}
	d.BarTicks = countTicks(ys, 2)
	gap := min(1, (xs.end-xs.start)/float64(len(t.Steps))/5)
	var good, bad, none strings.Builder
	for i, s := range t.Steps {
		from := xs.at((t.Step * time.Duration(i)).Seconds()) + gap/2
		width := xs.at((t.Step * time.Duration(i+1)).Seconds()) - gap/2 - from
		bar(&good, ys, from, width, 0, s.Accepted)
		bar(&bad, ys, from, width, s.Accepted, s.Refused)
		bar(&none, ys, from, width, s.Accepted+s.Refused, s.Failed)
	}
	d.Good, d.Bad, d.Unanswered = good.String(), bad.String(), none.String()
}

// bar appends a rectangle of n on top of base to a path.
func bar(b *strings.Builder, ys scale, x, width float64, base, n int) {
	if n == 0 {
		return
	}
	fmt.Fprintf(b, "M%s %sV%sh%sV%sZ", px(x), px(ys.at(float64(base))), px(ys.at(float64(base+n))),
		px(width), px(ys.at(float64(base))))
}

// rug is a path with one stroke for every refusal, those that fall on the same
// position once.
func rug(t analysis.Timeline, xs scale) string {
	var b strings.Builder
	last := ""
	for _, at := range t.Refusals {
		x := px(xs.at(at.Seconds()))
		if x != last {
			fmt.Fprintf(&b, "M%s %sv%s", x, px(rugTop), px(rugHeight))
		}
		last = x
	}
	return b.String()
}

func rugText(t analysis.Timeline) string {
	if t.RefusalCount == 0 {
		return ""
	}
	return plural(t.RefusalCount, "refusal", "refusals")
}

func hovers(t analysis.Timeline, xs scale) []hover {
	if len(t.Steps) > 600 {
		return nil // narrower than a pointer can hit
	}
	out := make([]hover, len(t.Steps))
	for i, s := range t.Steps {
		at := t.Step * time.Duration(i)
		from, to := xs.at(at.Seconds()), xs.at((at + t.Step).Seconds())
		says := fmt.Sprintf("%s to %s: %s open at most, %s accepted, %s refused", span(at), span(at+t.Step),
			count(s.PeakOpen), count(s.Accepted), count(s.Refused))
		if s.Failed > 0 {
			says += fmt.Sprintf(", %s without an answer", count(s.Failed))
		}
		out[i] = hover{px(from), px(to - from), says}
	}
	return out
}

// lossMarks shows where the recorder missed something, at most 50 of them.
func lossMarks(run *capture.Run, xs scale) []mark {
	var out []mark
	for _, l := range run.Losses {
		since, seen := capture.Since(run.Started, l.At)
		if !seen || since < 0 || since.Seconds() > xs.to || len(out) == 50 {
			continue
		}
		out = append(out, mark{px(xs.at(since.Seconds())), "not recorded: " + lossSays(l)})
	}
	return out
}
