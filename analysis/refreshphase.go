package analysis

import "math"

// phased are edges that lie whole periods apart, by about how many.
type phased struct {
	edges   []span
	periods []float64 // from the first edge
}

func phasedBy(edges []span, x float64) phased {
	p := phased{edges: edges}
	for _, e := range edges {
		p.periods = append(p.periods, math.Round((e.low+e.high-edges[0].low-edges[0].high)/2/x))
	}
	return p
}

// common is how wide the phases are that the edges have in common with a period; negative
// where there is none.
func (p phased) common(x float64) float64 {
	low, high := math.Inf(-1), math.Inf(1)
	for i, e := range p.edges {
		low, high = max(low, e.low-p.periods[i]*x), min(high, e.high-p.periods[i]*x)
	}
	return high - low
}

// widest returns the period about x with the most phases in common, and over how long a range of
// periods there would be as many if it were not fewer the further from it; false if there is none.
// A period next to it stands for a small part of what the edges allow.
func widest(edges []span, x float64) (best, reach float64, ok bool) {
	const steps = 64
	p, last := phasedBy(edges, x), len(edges)-1
	if p.periods[last] == 0 {
		return 0, 0, false
	}
	slack := (edges[0].high - edges[0].low + edges[last].high - edges[last].low) / p.periods[last]
	most, sum := 0.0, 0.0
	for k := -steps; k <= steps; k++ {
		at := x + float64(k)/steps*slack
		width := p.common(at)
		if width > most {
			most, best = width, at
		}
		sum += max(0, width) * slack / steps
	}
	return best, sum / most, most > 0
}
