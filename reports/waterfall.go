package reports

import (
	"fmt"
	"time"

	"why403/analysis"
	"why403/capture"
)

// waterfall is one attempt's phases as bars on a time axis.
type waterfall struct {
	ID, Which, Describe string
	Width, Height       string
	Top, Bottom, AxisY  string
	Ticks               []tick
	Bars                []phaseBar
}

type phaseBar struct {
	Name, Class            string
	X, Y, Width, TextY     string
	Length, LengthX, Align string
	From                   string
}

// phase is one stretch of an attempt between two of its moments.
type phase struct {
	name, class string
	from, to    capture.Instant
}

// phasesOf are the phases of an attempt in the order in which they are drawn,
// whether they were seen or not.
func phasesOf(p *capture.Phases) []phase {
	return []phase{
		{"CONNECT", "ours", p.Accepted, p.ConnectAnswered},
		{"TLS with the load tool", "ours", p.ClientHello, p.ClientSecured},
		{"Name look-up", "theirs", p.ResolveStart, p.Resolved},
		{"TCP to gateway", "theirs", p.Resolved, p.Dialed},
		{"TLS to gateway", "theirs", p.Dialed, p.Secured},
		{"Request from the load tool", "ours", p.ClientSecured, p.RequestRead},
		{"Waiting for the answer", "wait", p.RequestSent, p.ResponseFirst},
		{"Head of the answer", "theirs", p.ResponseFirst, p.ResponseHead},
		{"Body of the answer", "theirs", p.ResponseHead, p.ResponseEnd},
		{"Handing it to the load tool", "ours", p.ResponseHead, p.Relayed},
	}
}

// stretch is a phase that was seen, relative to the first moment of its attempt.
type stretch struct {
	phase
	start, length time.Duration
}

func waterfalls(p *analysis.Pair) []waterfall {
	refused := stretches(p.Refused)
	var accepted []stretch
	if p.Accepted != nil {
		accepted = stretches(p.Accepted)
	}
	total := time.Microsecond
	for _, s := range append(append([]stretch(nil), refused...), accepted...) {
		total = max(total, s.start+s.length)
	}
	var out []waterfall
	if len(refused) > 0 {
		out = append(out, drawWaterfall("refused", refused, total))
	}
	if len(accepted) > 0 {
		out = append(out, drawWaterfall("accepted", accepted, total))
	}
	return out
}

func stretches(u *capture.Upgrade) []stretch {
	var first capture.Instant
	all := phasesOf(&u.Phases)
	for _, ph := range all {
		if ph.from.Seen() && (first == 0 || ph.from < first) {
			first = ph.from
		}
	}
	var out []stretch
	for _, ph := range all {
		if length, ok := capture.Since(ph.from, ph.to); ok && length >= 0 {
			out = append(out, stretch{ph, ph.from.Sub(first), length})
		}
	}
	return out
}

func drawWaterfall(which string, all []stretch, total time.Duration) waterfall {
	const width, left, right, top, row = 520.0, 184.0, 512.0, 6.0, 23.0
	xs := scale{0, total.Seconds(), left, right}
	bottom := top + row*float64(len(all))
	w := waterfall{
		ID: "waterfall-" + which, Which: which, Width: px(width), Height: px(bottom + 24), Top: px(top), Bottom: px(bottom),
		AxisY: px(bottom + 17), Ticks: timeTicks(xs, 4),
		Describe: fmt.Sprintf("The phases of the %s attempt, %s in all; the table below lists them.", which, span(total)),
	}
	for i, s := range all {
		y := top + row*float64(i)
		b := phaseBar{
			Name: s.name, Class: s.class, X: px(xs.at(s.start.Seconds())), Y: px(y + 4),
			Width: px(max(1.5, xs.at(s.length.Seconds())-left)), TextY: px(y + 15), Length: span(s.length), From: span(s.start),
		}
		end := xs.at((s.start + s.length).Seconds())
		b.LengthX, b.Align = px(end+6), "start"
		if end > right-62 { // no room behind the bar
			b.LengthX, b.Align = px(xs.at(s.start.Seconds())-6), "end"
			if xs.at(s.start.Seconds()) < left+62 {
				b.LengthX, b.Align = px(right-6), "inside"
			}
		}
		w.Bars = append(w.Bars, b)
	}
	return w
}
