package evidence

import "math"

const (
	stretchOf = 64 // counts, or attempts, that are judged at once
	// worthless is how far below the best a log likelihood adds nothing to a sum in
	// floating-point numbers, the prior mass of the best and many such terms allowed for.
	worthless = 100
	// fewestStretches are worth the pass.
	fewestStretches = 4
)

// stretch is the steps up to a value that lie beyond the stretch before. No scan has to look
// at one that is hopeless.
type stretch struct {
	upTo     float64
	hopeless bool
}

// stretches parts the steps by every so many counts, or values of Mid.
func (s *Steps) stretches() []stretch {
	var list []stretch
	if s.counts {
		for n := stretchOf; n <= int(s.most); n += stretchOf {
			list = append(list, stretch{upTo: float64(n-1) * s.unit})
		}
	} else {
		mids := s.marks[mid]
		for k := stretchOf; k < len(mids); k += stretchOf {
			if at := mids[k-1].at; len(list) == 0 || at > list[len(list)-1].upTo {
				list = append(list, stretch{upTo: at})
			}
		}
	}
	last := math.Inf(1)
	if s.counts {
		last = float64(s.most) * s.unit
	}
	return append(list, stretch{upTo: last})
}

// judged returns the stretches, given the table of a threshold below every step, after a pass that
// only adds up. Likelihood falls with every attempt
// that a class holds. So within a stretch it is at most that of what the mechanism would
// have refused at its end and accepted at its beginning, and to be of no worth that must
// lie far below the likelihood at some step that claims something.
func (s *Steps) judged(t Table, mass Mass) []stretch {
	list := s.stretches()
	if len(list) < fewestStretches {
		return list
	}
	bounds := make([]float64, len(list))
	best, w := math.Inf(-1), s.walk()
	for k, stretch := range list {
		first := t
		if at, more := w.peek(); more && s.claims(&t) {
			if m := mass(w.at, at); m > 0 {
				best = max(best, t.Log()+math.Log(m))
			}
		}
		t.pass(w.steps(stretch.upTo))
		bounds[k] = bound(&first, &t)
	}
	for k, b := range bounds {
		list[k].hopeless = b < best-worthless
	}
	return list
}

// bound is what the log likelihood within a stretch is at most, given the tables at its
// beginning and end.
func bound(first, last *Table) float64 {
	return SaysNo.Log(last.NoRefused, last.NoAccepted) + SaysYes.Log(first.YesRefused, first.YesAccepted)
}
