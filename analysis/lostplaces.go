package analysis

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// lostPlaces are the chances of how many places of a limit were lost so far.
type lostPlaces struct {
	start  int       // places that there were
	from   int       // the fewest that may be lost
	chance []float64 // of from places, and of one more each
}

// negligible is a chance that what follows does not make up for.
const negligible = 1e-40

func noneLost(start int) lostPlaces { return lostPlaces{start: start, chance: []float64{1}} }

func (p *lostPlaces) clone() lostPlaces { return lostPlaces{p.start, p.from, slices.Clone(p.chance)} }

// loseOne lets a close lose its place with a chance.
func (p *lostPlaces) loseOne(rate float64) {
	if p.from+len(p.chance) <= p.start {
		p.chance = append(p.chance, 0)
	}
	for k := len(p.chance) - 1; k > 0; k-- {
		falls := p.chance[k-1] * rate
		p.chance[k] += falls
		p.chance[k-1] -= falls
	}
}

// meet weighs the places lost by what became of a decision, and returns the logarithm of the sum.
func (p *lostPlaces) meet(m *moment) float64 {
	least, most := float64(p.start-p.from-len(p.chance)+1), float64(p.start-p.from)
	if m.hi < least || m.lo >= most { // of all limits that are likely the same
		p.trim()
		return math.Log(m.like(most))
	}
	log := weigh(p.chance, p.from, m, p.start)
	p.trim()
	return log
}

// trim drops what is negligible.
func (p *lostPlaces) trim() {
	few, most := 0, len(p.chance)
	for most > 1 && p.chance[most-1] < negligible {
		most--
	}
	for few < most-1 && p.chance[few] < negligible {
		few++
	}
	p.from, p.chance = p.from+few, p.chance[few:most]
}

// weigh multiplies the chances of from places lost and more by what became of a decision, makes them
// add up to one again, and returns the logarithm of their sum.
func weigh(chance []float64, from int, m *moment, start int) float64 {
	sum := 0.0
	for k := range chance {
		chance[k] *= m.like(float64(start - from - k))
		sum += chance[k]
	}
	floats.Scale(1/sum, chance)
	return math.Log(sum)
}

// middle is the number of places lost that half of the weight lies up to, with the weights of what
// followed.
func (p *lostPlaces) middle(back []float64) int {
	total := floats.Dot(p.chance, back[p.from:p.from+len(p.chance)])
	sum := 0.0
	for k, chance := range p.chance {
		if sum += chance * back[p.from+k]; 2*sum >= total {
			return p.from + k
		}
	}
	return p.from + len(p.chance) - 1
}
