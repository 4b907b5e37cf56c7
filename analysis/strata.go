package analysis

import (
	"math"
	"slices"
	"time"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
	"why403/capture"
)

// placed is the decided attempts of one recording with the covariates that a
// comparison holds equal.
type placed struct {
	run      *capture.Run
	f        *Findings
	table    *covariate.Table
	weights  []float64
	open     evidence.Range // under the scope that a limit is suspected of
	age      []float64      // seconds: token age, or time since expiry; NaN if not known
	inAll    tally
	accepted []float64 // waits in seconds
	refused  []float64
}

// held is what a comparison holds equal.
type held struct {
	scope    string // whose open sockets
	linger   time.Duration
	byExpiry bool // token's time since expiry in place of its age
	limits   []int
	ages     []float64 // seconds at which a limit is suspected
}

// datesExpiry reports whether the expiry of a token is known.
func datesExpiry(run *capture.Run) bool {
	for _, t := range run.Tokens {
		if t.ExpiresAt.Seen() {
			return true
		}
	}
	return slices.ContainsFunc(run.TokenRequests, func(r capture.TokenRequest) bool { return r.ExpiresIn > 0 })
}

// heldBy reads off the verdicts what is to be held equal: the covariates that a
// cause which either names depends on, divided where its limit lies.
func heldBy(expiryKnown bool, findings ...*Findings) held {
	h := held{scope: "global"}
	for _, f := range findings {
		for _, c := range f.Verdict.Causes {
			switch c.Cause {
			case concurrencyCap.name:
				h.scope = c.Scope
				if c.Threshold != nil {
					h.limits = append(h.limits, int(math.Ceil(c.Threshold.Value)))
				}
				if c.Linger != nil {
					h.linger = max(h.linger, time.Duration(c.Linger.Value*float64(time.Second)))
				}
			case tokenExpired.name:
				h.byExpiry = expiryKnown
			}
		}
	}
	for _, f := range findings {
		for _, c := range f.Verdict.Causes {
			if c.Threshold != nil && (c.Cause == tokenExpired.name && h.byExpiry || c.Cause == tokenTooOld.name && !h.byExpiry) {
				h.ages = append(h.ages, c.Threshold.Value)
			}
		}
	}
	return h
}

func place(run *capture.Run, f *Findings, h held) *placed {
	s := &study{run: run, table: covariate.Build(run), start: started(run)}
	s.weighBursts()
	p := &placed{run: run, f: f, table: s.table, weights: s.weights}
	labels, n := make([]int32, len(s.table.Attempts)), 1
	if h.scope != "global" {
		s.parts = s.table.Partitions(inParallel)
		if part := s.partition(h.scope); part.N > 0 {
			labels, n = part.Labels, part.N
		}
	}
	p.open = s.table.Open(labels, n, covariate.Reading{}, h.linger)
	for i := range s.table.Attempts {
		a := &s.table.Attempts[i]
		p.inAll.add(a.Refused, s.weights[i])
		p.age = append(p.age, h.ageOf(a))
		wait := a.Answered.Sub(a.Sent).Seconds()
		if a.Refused {
			p.refused = append(p.refused, wait)
		} else {
			p.accepted = append(p.accepted, wait)
		}
	}
	return p
}

func (h held) ageOf(a *covariate.Attempt) float64 {
	switch {
	case h.byExpiry && knowsExpiry(a):
		return -a.Left.Seconds()
	case !h.byExpiry && knowsIssue(a):
		return a.Age.Seconds()
	}
	return math.NaN()
}

// grid divides the covariates of both sides into the same cells.
type grid struct {
	open   []int     // edges
	ages   []float64 // edges, empty if no age is known
	limits []int
	cells  map[[2]int]*cells
	byOpen []cells
	byAge  []cells
	// Unsure attempts may lie on either side of a suspected limit.
	unsure int
}

func newGrid(h held, sides [2]*placed) *grid {
	g := &grid{limits: h.limits, cells: map[[2]int]*cells{}}
	most := 0
	var ages []float64
	for _, p := range sides {
		for i, n := range p.open.Mid {
			most = max(most, int(n))
			if !math.IsNaN(p.age[i]) {
				ages = append(ages, p.age[i])
			}
		}
	}
	g.open = evenEdges(most+1, openColumns)
	for _, l := range h.limits {
		if l > 0 && l <= most && !slices.Contains(g.open, l) {
			g.open = append(g.open, l)
		}
	}
	slices.Sort(g.open)
	if len(ages) > 0 {
		g.ages = secondsEdges(ages, h.ages)
		g.byAge = make([]cells, len(g.ages)-1)
	}
	g.byOpen = make([]cells, len(g.open)-1)
	for side, p := range sides {
		g.fill(side, p)
	}
	return g
}

// secondsEdges divides ages as an age grid does, with an edge at each limit.
func secondsEdges(ages, limits []float64) []float64 {
	low, high := slices.Min(ages), slices.Max(ages)
	var edges []float64
	for _, e := range ageEdges(time.Duration(low*1e9), time.Duration(high*1e9), 0) {
		edges = append(edges, e.Seconds())
	}
	for _, l := range limits {
		if l > edges[0] && l < edges[len(edges)-1] && !slices.Contains(edges, l) {
			edges = append(edges, l)
		}
	}
	slices.Sort(edges)
	return edges
}

func (g *grid) fill(side int, p *placed) {
	for i := range p.table.Attempts {
		if g.isUnsure(p, i) {
			g.unsure++
			continue
		}
		refused, w := p.table.Refused[i], p.weights[i]
		key := [2]int{column(g.open, int(p.open.Mid[i])), -1}
		g.byOpen[key[0]][side].add(refused, w)
		if !math.IsNaN(p.age[i]) {
			key[1] = column(g.ages, p.age[i])
			g.byAge[key[1]][side].add(refused, w)
		}
		if g.cells[key] == nil {
			g.cells[key] = &cells{}
		}
		g.cells[key][side].add(refused, w)
	}
}

// isUnsure reports whether an attempt may lie on either side of a suspected limit:
// it would make two equal limits look different where the load differs in speed.
func (g *grid) isUnsure(p *placed, i int) bool {
	return slices.ContainsFunc(g.limits, func(l int) bool {
		return int(p.open.Lo[i]) < l && l <= int(p.open.Hi[i])
	})
}

// strata are the cells in a fixed order.
func (g *grid) strata() []cells {
	var out []cells
	for o := range len(g.open) - 1 {
		for a := -1; a < len(g.byAge); a++ {
			if c := g.cells[[2]int{o, a}]; c != nil {
				out = append(out, *c)
			}
		}
	}
	return out
}
