package evidence

import "math"

const (
	stretchOf = 128 // steps that are judged at once
	// worthless is how far below the best a log likelihood adds nothing to a sum in
	// floating-point numbers, the prior mass of the best and many such terms allowed for.
	worthless = 100
	// fewestStretches are worth the pass.
	fewestStretches = 4
)

// hopeless are the stretches of stretchOf steps that no scan has to look at.
type hopeless []bool

func (h hopeless) holds(step int) bool { return h != nil && h[step/stretchOf] }

// hopeless finds them, given the table of a threshold below every step, in a pass that
// only adds up. Likelihood falls with every attempt
// that a class holds. So within a stretch it is at most that of what the mechanism would
// have refused at its end and accepted at its beginning, and to be of no worth that must
// lie far below the likelihood at some step that claims something.
func (s *Steps) hopeless(t Table, mass Mass) hopeless {
	var bounds []float64
	best, after := math.Inf(-1), math.Inf(-1)
	first := t
	n, w := 0, s.walk()
	for step := w.step(); step != nil; step = w.step() {
		if n%stretchOf == 0 {
			first = t
			if m := mass(after, w.at); m > 0 && s.claims(&t) {
				best = max(best, t.Log()+math.Log(m))
			}
			bounds = append(bounds, 0)
		}
		t.pass(step)
		if n++; n%stretchOf == 0 {
			bounds[len(bounds)-1] = bound(&first, &t)
		}
		after = w.at
	}
	if len(bounds) < fewestStretches {
		return nil
	}
	if n%stretchOf != 0 {
		bounds[len(bounds)-1] = bound(&first, &t)
	}
	list := make(hopeless, len(bounds))
	for k, b := range bounds {
		list[k] = b < best-worthless
	}
	return list
}

// bound is what the log likelihood within a stretch is at most, given the tables at its
// beginning and end.
func bound(first, last *Table) float64 {
	return SaysNo.Log(last.NoRefused, last.NoAccepted) + SaysYes.Log(first.YesRefused, first.YesAccepted)
}
