package analysis

import (
	"fmt"
	"math"
	"time"

	"why403/capture"
)

// comparisonLevel is the probability with which all differences together lie in
// their intervals.
const comparisonLevel = 0.95

// fewestCompared is the number of decided attempts, bursts weighed down, below
// which a side says nothing.
const fewestCompared = 5

// levelOf is the level of each of n intervals if they are to hold together. The few
// measures get one half of what may go wrong, the many cells and steps the other.
func levelOf(n int) float64 { return 1 - (1-comparisonLevel)/2/float64(max(n, 1)) }

// Compare tells what changed from recording A to recording B, of each its run and
// what [Explain] concluded from it. Refusals are compared among attempts with as
// many open sockets and tokens as old, so that another load is not taken for
// another gateway.
func Compare(runA *capture.Run, fa *Findings, runB *capture.Run, fb *Findings) *Comparison {
	h := heldBy(datesExpiry(runA) && datesExpiry(runB), fa, fb)
	sides := [2]*placed{place(runA, fa, h), place(runB, fb, h)}
	g := newGrid(h, sides)
	c := &Comparison{
		Schema: ComparisonSchema, Level: comparisonLevel,
		A: comparedRun(runA, fa), B: comparedRun(runB, fb),
		Measures: []Measure{}, Curves: []Curve{}, Notes: []string{},
	}
	strata := g.strata()
	limits := commonLimits(fa, fb)
	level := levelOf(4 + len(limits))
	fine := levelOf(len(strata) + len(g.byOpen) + len(g.byAge))

	c.Measures = append(c.Measures, sharesOf("refused", sides[0].inAll, sides[1].inAll, level))
	c.Measures = append(c.Measures, medians("wait of acceptances, median", sides[0].accepted, sides[1].accepted, level)...)
	c.Measures = append(c.Measures, medians("wait of refusals, median", sides[0].refused, sides[1].refused, level)...)
	c.Measures = append(c.Measures, limits...)
	c.adjust(strata, level)
	c.Curves = g.curves(h, fine)
	c.conclude(sides, strata, limits, fine)
	c.Notes = comparisonNotes(c, g, h, sides)
	return c
}

func comparedRun(run *capture.Run, f *Findings) ComparedRun {
	r := ComparedRun{
		Run: run.ID, Started: started(run).Time().Format(time.RFC3339Nano), DurationS: f.DurationS,
		Attempts: f.Attempts, Accepted: f.Accepted, PeakOpen: f.PeakOpen, Verdict: f.Verdict,
	}
	for _, n := range f.Refused {
		r.Refused += n
	}
	for _, n := range f.RefusedInBand {
		r.Refused += n
	}
	return r
}

// measured completes a measure by its difference; the values shown have intervals
// of their own level.
func measured(name, unit string, a, b, wideA, wideB *Estimate) Measure {
	m := Measure{Name: name, Unit: unit, A: a, B: b, Delta: difference(wideA, wideB)}
	m.Differs = m.Delta.differs()
	return m
}

func sharesOf(name string, a, b tally, level float64) Measure {
	return measured(name, "share", a.share(comparisonLevel), b.share(comparisonLevel), a.share(level), b.share(level))
}

func medians(name string, a, b []float64, level float64) []Measure {
	m := measured(name, "s", median(a, comparisonLevel), median(b, comparisonLevel), median(a, level), median(b, level))
	if m.A == nil && m.B == nil {
		return nil
	}
	return []Measure{m}
}

// commonLimits are the thresholds of the causes that both verdicts determine under
// the same scope. Their intervals are those of the findings: values that explain
// the recording about as well.
func commonLimits(fa, fb *Findings) []Measure {
	var out []Measure
	if fa.Verdict.Status != Determined || fb.Verdict.Status != Determined {
		return nil
	}
	for _, a := range fa.Verdict.Causes {
		for _, b := range fb.Verdict.Causes {
			if a.Cause != b.Cause || a.Scope != b.Scope || a.Threshold == nil || b.Threshold == nil || a.Threshold.Unit != b.Threshold.Unit {
				continue
			}
			ea, eb := a.Threshold.estimate(), b.Threshold.estimate()
			m := measured(a.Cause+per(a.Scope), a.Threshold.Unit, ea, eb, ea, eb)
			m.Differs = ea.High < eb.Low || eb.High < ea.Low
			out = append(out, m)
		}
	}
	return out
}

func (t *Threshold) estimate() *Estimate { return &Estimate{Value: t.Value, Low: t.Low, High: t.High} }

func (c *Comparison) adjust(strata []cells, level float64) {
	d := commonDifference(strata, level)
	if d == nil {
		return
	}
	c.Adjusted = &Measure{
		Name: "refused at the same load", Unit: "share", Delta: d, Differs: d.differs(),
		A: commonShare(strata, 0, comparisonLevel), B: commonShare(strata, 1, comparisonLevel),
	}
}

// curves are the marginal curves over what is held equal.
func (g *grid) curves(h held, level float64) []Curve {
	open := Curve{Covariate: "open sockets" + per(h.scope), Unit: "sockets"}
	for i, cell := range g.byOpen {
		open.add(float64(g.open[i]), float64(g.open[i+1]), cell, level)
	}
	age := Curve{Covariate: "token age", Unit: "s"}
	if h.byExpiry {
		age.Covariate = "time since the token's expiry"
	}
	for i, cell := range g.byAge {
		age.add(g.ages[i], g.ages[i+1], cell, level)
	}
	out := []Curve{}
	for _, c := range []Curve{open, age} {
		if len(c.Bins) > 0 {
			out = append(out, c)
		}
	}
	return out
}

func (c *Curve) add(from, to float64, cell cells, level float64) {
	if cell[0].n+cell[1].n == 0 {
		return
	}
	m := sharesOf("", cell[0], cell[1], level)
	c.Bins = append(c.Bins, CurveBin{From: from, To: to, A: m.A, B: m.B, Delta: m.Delta, Differs: m.Differs})
}

// conclude names what the comparison comes to. A cell of its own counts too:
// differences of opposite signs cancel in their mean.
func (c *Comparison) conclude(sides [2]*placed, strata []cells, limits []Measure, fine float64) {
	moved := -1
	for i, l := range limits {
		if l.Differs && moved < 0 {
			moved = i
		}
	}
	cell := false
	for _, s := range strata {
		cell = cell || sharesOf("", s[0], s[1], fine).Differs
	}
	same := c.Adjusted
	switch {
	case sides[0].inAll.refused+sides[1].inAll.refused == 0:
		c.Status, c.Says = NeitherRefused, "Neither recording has a refusal."
	case sides[0].inAll.weight < fewestCompared || sides[1].inAll.weight < fewestCompared:
		c.Status, c.Says = TooFew, "Too few upgrades were decided to compare the two."
	case moved >= 0:
		l := limits[moved]
		c.Status, c.Says = Changed, fmt.Sprintf("The limit moved: %s was %s in A and is %s in B.", l.Name, limitWords(l.A, l.Unit), limitWords(l.B, l.Unit))
	case same == nil:
		c.Status, c.Says = NothingInCommon, "The two loads have no open sockets and token ages in common, so their refusals cannot be compared."
	case same.Differs:
		c.Status, c.Says = Changed, "At the same open sockets and token age, B refused "+points(same.Delta)+"."
	case cell:
		c.Status, c.Says = Changed, "At some loads the share refused changed, though not on the whole: see the curves."
	case c.Measures[0].Differs:
		c.Status, c.Says = OtherLoad, fmt.Sprintf("B refused %s, but at the same open sockets and token age there is no evidence of change (%s): the load differed.", points(c.Measures[0].Delta), points(same.Delta))
	default:
		c.Status, c.Says = NoEvidence, "No evidence of change: at the same open sockets and token age, B refused "+points(same.Delta)+"."
	}
}

func limitWords(e *Estimate, unit string) string {
	if unit == "s" {
		return seconds(e.Value)
	}
	return fmt.Sprintf("%g %s", e.Value, unit)
}

// points words a difference of shares: "12.0 points more (8.1 to 16.3)".
func points(d *Estimate) string {
	low, high, sign := 100*d.Low, 100*d.High, "more"
	if d.Value < 0 {
		low, high, sign = -100*d.High, -100*d.Low, "fewer"
	}
	return fmt.Sprintf("%.1f points %s (%.1f to %.1f)", math.Abs(100*d.Value), sign, low, high)
}
