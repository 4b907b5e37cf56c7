package analysis

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"why403/analysis/evidence"
)

// A gateway that decides by a copy of a count, or of anything else, decides alike from
// one refresh of the copy to the next. Refusals then begin and end at moments that lie
// whole periods apart, whatever the load does in between: a limit on upgrades in a window
// begins to refuse when it is reached, and only ends with the clock.

// refresh is such a period, by its spells.
type refresh struct {
	s      *study
	spells *spells
	edges  []span // when spells began, jitter allowed for
	search
}

const (
	shortestRefresh, longestRefresh = 0.5, 3600 // seconds, of the log-uniform prior
	fewestEdges                     = 3         // that two parameters explain by chance
	mostEdges                       = 2000      // of spells that are still spells
	leadingEdges                    = 8         // that periods are searched by first
	mostPeriods                     = 6         // that are tried on all
	mostTrials                      = 4000      // from the longest period to the shortest
)

// fitRefresh weighs every period that the edges of spells allow; nil if there is none.
func (s *study) fitRefresh(p *spells) *refresh {
	if len(p.edges) < fewestEdges || len(p.edges) > mostEdges {
		return nil
	}
	r := &refresh{s: s, spells: p}
	jitter := s.table.Jitter.Seconds()
	for _, e := range p.edges {
		r.edges = append(r.edges, span{p.stretch.at[e-1] - jitter, p.stretch.at[e] + jitter})
	}
	r.search = search{low: shortestRefresh, high: longestRefresh, scan: r.weigh}
	for _, x := range r.periods() {
		x = tuned(r.edges[:min(len(r.edges), mostTuned)], x)
		if best, reach, ok := widest(r.edges, x); ok {
			r.try(best, reach)
			continue
		}
		r.try(x, x*max(narrow(r.edges)/s.recorded, 1e-5))
	}
	if _, ok := r.best(); !ok {
		return nil
	}
	return r
}

// periods returns the longest with which the first edges have a phase in common: the
// shorter one is, the less it says. None is longer than the shortest spell.
func (r *refresh) periods() []float64 {
	longest := math.Inf(1)
	for i := 1; i < len(r.edges); i++ {
		longest = min(longest, r.edges[i].high-r.edges[i-1].low)
	}
	first := r.edges[:min(len(r.edges), leadingEdges)]
	reach := first[len(first)-1].high - first[0].low
	fine := min(max(narrow(first)/reach/2, math.Log(longest/shortestRefresh)/mostTrials), 0.01)
	var found []float64
	for x := longest; x > shortestRefresh && len(found) < mostPeriods; x *= 1 - fine {
		if _, depth := deepest(fold(first, x, 0)); depth < len(first) {
			continue
		}
		found = append(found, x)
		x *= 1 - 4*fine // past the periods that fit as this one does
	}
	return found
}

// narrow is how exactly the better edges are known: a quarter of them are narrower.
func narrow(edges []span) float64 {
	widths := make([]float64, len(edges))
	for i, e := range edges {
		widths[i] = e.high - e.low
	}
	slices.Sort(widths)
	return widths[len(widths)/4]
}

// weigh returns the evidence of a period, over the phases that most edges allow.
func (r *refresh) weigh(x float64) evidence.Result {
	allowed, depth := deepest(fold(r.edges, x, 0))
	if depth < fewestEdges {
		return evidence.Result{LogEvidence: math.Inf(-1), Best: evidence.Cell{LogLik: math.Inf(-1)}}
	}
	c := r.cells((allowed.low+allowed.high)/2, x)
	l := c.table.Log() + floats.LogSumExp([]float64{c.remembered(), r.counted(c)}) - math.Ln2
	return evidence.Result{LogEvidence: l + math.Log(min(1, max(allowed.high-allowed.low, 1e-6)/x)), Best: evidence.Cell{LogLik: l}}
}

// refreshes are the times from one refresh to the next that upgrades came in.
type refreshes struct {
	begin   []float64
	refuses []bool // most of what came
	table   evidence.Table
}

// cells parts the attempts by a phase and a period. Those within the jitter of a refresh
// that changed something could be of either side.
func (r *refresh) cells(phase, x float64) *refreshes {
	c := &refreshes{}
	of := make([]int, len(r.spells.refusing))
	var sums [][2]float64
	last := math.Inf(-1)
	for i, at := range r.spells.stretch.at {
		attempt := r.spells.stretch.of[i]
		if k := math.Floor((at - phase) / x); k > last {
			last = k
			c.begin = append(c.begin, phase+k*x)
			sums = append(sums, [2]float64{})
		}
		of[i] = len(sums) - 1
		sums[of[i]][outcomeOf(r.s.table.Refused[attempt])] += r.s.weights[attempt]
	}
	for _, sum := range sums {
		c.refuses = append(c.refuses, sum[1] > sum[0])
	}
	jitter := r.s.table.Jitter.Seconds()
	for i, at := range r.spells.stretch.at {
		k, attempt := of[i], r.spells.stretch.of[i]
		before := k > 0 && at-c.begin[k] < jitter && c.refuses[k-1] != c.refuses[k]
		after := k+1 < len(sums) && c.begin[k+1]-at < jitter && c.refuses[k+1] != c.refuses[k]
		c.add(c.refuses[k], r.s.table.Refused[attempt], before || after, r.s.weights[attempt])
	}
	return c
}

func (c *refreshes) add(no, refused, unsure bool, w float64) {
	var side *float64
	switch t := &c.table; {
	case unsure && no && refused:
		side = &t.LeanNoRefused
	case unsure && no:
		side = &t.LeanNoAccepted
	case unsure && refused:
		side = &t.LeanYesRefused
	case unsure:
		side = &t.LeanYesAccepted
	case no && refused:
		side = &t.NoRefused
	case no:
		side = &t.NoAccepted
	case refused:
		side = &t.YesRefused
	default:
		side = &t.YesAccepted
	}
	*side += w
}

// remembered is the log evidence of the cells where each depends on the one before.
func (c *refreshes) remembered() float64 {
	before := make([]int32, len(c.refuses))
	for k := 1; k < len(before); k++ {
		before[k] = int32(outcomeOf(c.refuses[k-1]))
	}
	return evidence.Context(before, 2, c.refuses, nil)
}

// counted is that where each depends on the sockets that were open when it began.
func (r *refresh) counted(c *refreshes) float64 {
	if r.s.table.Axis.N() > 1 {
		return math.Inf(-1)
	}
	open := r.s.openAt(c.begin)
	evenly := make([]float64, len(open))
	for k := range evenly {
		evenly[k] = 1
	}
	bounds := func(k int) (lo, mid, hi float64) { return open[k] - 1, open[k], open[k] + 1 }
	return evidence.Scan(evidence.Sorted(bounds, c.refuses, evenly), evidence.Counts(mostSockets)).LogEvidence
}

// openAt counts the sockets open at moments, in seconds recorded and ascending.
func (s *study) openAt(moments []float64) []float64 {
	var opened, released []float64
	for i := range s.table.Attempts {
		a := &s.table.Attempts[i]
		if !a.Refused {
			opened = append(opened, s.elapsed(a.Answered))
		}
		if at, ended := s.table.Release(i); ended && !a.Refused {
			released = append(released, s.elapsed(at))
		}
	}
	slices.Sort(released)
	counts := make([]float64, len(moments))
	for k, at := range moments {
		n, _ := slices.BinarySearch(opened, at)
		m, _ := slices.BinarySearch(released, at)
		counts[k] = float64(n - m)
	}
	return counts
}
