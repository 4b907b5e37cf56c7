package analysis

import "slices"

// rest is the time in seconds in which a count that the recording could have seen in full
// is forgotten.
func (f loadFacts) rest() float64 { return 1.5 * max(f.ramp, leastWindow) }

// shortRest is one after which a bucket that let nothing in while it was tried cannot let two
// in, as it may after the whole: a window that ends lets in as many as before.
func (f loadFacts) shortRest() float64 { return f.rest() / 2 }

// usesAgain is how often in a row a token is used after the rest: what forgets all of its
// uses at once lets as many through as before, what forgets one after the other does not.
func (f loadFacts) usesAgain() int { return 1 + min(f.upgrades, mostUsesAgain) }

const (
	mostRested    = 20 // tokens that are used again, half of them after the short rest
	mostUsesAgain = 9
)

// rested repeats the recorded load, and uses a few of its tokens again after a rest,
// if uses may be counted.
func (f loadFacts) rested() *plan {
	if !f.ofTokens {
		return nil
	}
	p := &plan{life: f.life, parts: []string{"the same load", "those after the short rest", "those after the long rest"}, moves: slices.Clone(f.again)}
	used := map[int]bool{}
	for _, m := range f.again {
		if !m.opens || used[m.token] || len(used) == mostRested {
			continue
		}
		rest := f.shortRest()
		if m.part = 1 + len(used)%2; m.part == 2 {
			rest = f.rest()
		}
		used[m.token] = true
		m.at = f.ramp + rest + float64(len(used))
		m.age += m.at
		for range f.usesAgain() {
			m.socket = len(f.again) + len(p.moves)
			p.moves = append(p.moves, m, move{at: m.at + 0.5, socket: m.socket})
			m.at, m.age = m.at+1, m.age+1
		}
	}
	return p
}
