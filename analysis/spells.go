package analysis

import (
	"math"

	"why403/analysis/evidence"
)

// spells part the attempts into stretches in which nearly everything is let through and
// stretches in which nearly everything is refused, by turns: of all keys alike, or of one.
type spells struct {
	stretch  *stretch
	refusing []bool // in the order of the stretch: whether an attempt lies in a spell of refusals
	edges    []int  // those that begin a spell, but for the first
	table    evidence.Table
}

const (
	// changeCost is what a change of spells costs, as a log likelihood, slipCost what an
	// attempt that went another way than its spell does.
	changeCost = 7
	slipCost   = 5
)

// spells parts all attempts.
func (s *study) spells() *spells { return newStretch(s).spells() }

// spells finds the cheapest parting (Viterbi's algorithm with two states).
func (w *stretch) spells() *spells {
	s, p := w.s, &spells{stretch: w, refusing: make([]bool, len(w.of))}
	cost := [2]float64{0, changeCost}
	changed := make([][2]bool, len(w.of)) // whether the state before was the other
	for k, i := range w.of {
		from := cost
		for state := range cost {
			if other := from[1-state] + changeCost; other < from[state] {
				cost[state], changed[k][state] = other, true
			}
		}
		cost[1-outcomeOf(s.table.Refused[i])] += slipCost
	}
	state := 0
	if cost[1] < cost[0] {
		state = 1
	}
	for i := len(changed) - 1; i >= 0; i-- {
		p.refusing[i] = state == 1
		if changed[i][state] {
			state = 1 - state
		}
	}
	p.tally(s)
	return p
}

func (p *spells) tally(s *study) {
	p.table.YesAccepted, p.table.YesRefused = p.stretch.others[0], p.stretch.others[1]
	for k, refusing := range p.refusing {
		if k > 0 && refusing != p.refusing[k-1] {
			p.edges = append(p.edges, k)
		}
		i := p.stretch.of[k]
		w := s.weights[i]
		switch refused := s.table.Refused[i]; {
		case refusing && refused:
			p.table.NoRefused += w
		case refusing:
			p.table.NoAccepted += w
		case refused:
			p.table.YesRefused += w
		default:
			p.table.YesAccepted += w
		}
	}
}

// prediction is that of whoever knows the spells.
func (p *spells) prediction() prediction {
	r := make(prediction, len(p.stretch.s.table.Attempts))
	for i := range r {
		r[i] = toAccept
	}
	for k, refusing := range p.refusing {
		if refusing {
			r[p.stretch.of[k]] = toRefuse
		}
	}
	for _, e := range p.edges {
		p.stretch.markNear(r, e)
	}
	return r
}

// between is when a spell can have begun, in seconds recorded.
func (p *spells) between(edge int) span {
	at := p.stretch.at
	return span{at[edge-1], at[edge]}
}

// loose is the log evidence of spells that nothing times: each may change at any moment
// of what was recorded.
func (p *spells) loose() float64 {
	sum := p.table.Log()
	for k, e := range p.edges {
		left := float64(len(p.edges) - k) // edges are told apart by their order
		sum += math.Log(p.stretch.mass(e, min(1, left*p.stretch.gap(e)/p.stretch.s.recorded)))
	}
	return sum
}

// mostSpells is how many spells of refusals an unknown mechanism may have in one recording.
const mostSpells = 100

// alternating is that of a mechanism which refuses in as many spells as it happens to.
func (p *spells) alternating() float64 { return p.loose() + logOfSpells(len(p.edges)) }

// logOfSpells is the log probability of so many edges, log-uniform over the number of spells of
// refusals: a mechanism that refused twice was not bound to, and had it refused at other times
// that would be unknown's as well.
func logOfSpells(edges int) float64 {
	return -math.Log(float64((edges+1)/2) * math.Log(mostSpells))
}
