package evidence

import "math"

const (
	stretchOf = 128 // steps that are judged at once
	// worthless is how far below the best a log likelihood adds nothing to a sum in
	// floating-point numbers, the prior mass of the best and many such terms allowed for.
	worthless = 100
)

// hopeless are the stretches of stretchOf steps that no scan has to look at.
type hopeless []bool

func (h hopeless) holds(step int) bool { return h != nil && h[step/stretchOf] }

// hopeless finds them in a pass that only adds up. Likelihood falls with every attempt
// that a class holds. So within a stretch it is at most that of what the mechanism would
// have refused at its end and accepted at its beginning, and to be of no worth that must
// lie far below the likelihood at some step that claims something.
func (s *Steps) hopeless(mass Mass) hopeless {
	n := (len(s.At) + stretchOf - 1) / stretchOf
	if n < 4 {
		return nil
	}
	bounds, list := make([]float64, n), make(hopeless, n)
	best := math.Inf(-1)
	t := s.all()
	after := math.Inf(-1)
	for k := range bounds {
		first := t
		if m := mass(after, s.At[k*stretchOf]); m > 0 && s.claims(&t) {
			best = max(best, t.Log()+math.Log(m))
		}
		end := min((k+1)*stretchOf, len(s.At))
		for i := k * stretchOf; i < end; i++ {
			s.pass(&t, i)
		}
		after = s.At[end-1]
		bounds[k] = SaysNo.Log(t.NoRefused, t.NoAccepted) + SaysYes.Log(first.YesRefused, first.YesAccepted)
	}
	for k, b := range bounds {
		list[k] = b < best-worthless
	}
	return list
}
