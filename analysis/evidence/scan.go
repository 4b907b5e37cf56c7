package evidence

import "math"

// Tolerance is how far below the best log likelihood a threshold may lie and still
// belong to the interval of a [Scan].
const Tolerance = 2

// Cell is thresholds that no observation tells apart: those in (After, UpTo].
type Cell struct{ After, UpTo, LogLik float64 }

// Result is what a scan found.
type Result struct {
	// LogEvidence is the log of Σ likelihood × prior mass over all thresholds,
	// −Inf if none makes a prediction both ways.
	LogEvidence float64
	Best        Cell
	// Low and High bound the thresholds whose log likelihood lies within
	// Tolerance of the best, the largest of them: thresholds in (Low, High].
	Low, High float64
}

// Scan weighs every threshold θ of "refused if and only if covariate ≥ θ" in one
// pass over the steps. A threshold counts if it would have refused at least one of
// the refused attempts and would have accepted at least one attempt; others are
// claims about nothing. Among equally good cells the last is the best.
//
// Stretches of steps none of which can weigh anything beside the best are passed over.
// The steps are gone then: their memory is used for those of the next scan.
func Scan(s Steps, mass Mass) Result {
	best := Result{LogEvidence: math.Inf(-1), Best: Cell{LogLik: math.Inf(-1)}}
	scratch := s.scratch
	defer scratches.Put(scratch)
	cells := scratch.cells[:0]
	t := s.all()
	logs := newTableLogs()
	sum := newSum()
	var logLik float64
	var table Table // of the best
	stale := true
	w := s.walk()
	for _, stretch := range s.judged(t, mass) {
		if stretch.hopeless {
			stale = t.pass(w.steps(stretch.upTo)) || stale
			continue
		}
		after := w.at
		for step := w.step(stretch.upTo); step != nil; step = w.step(stretch.upTo) {
			if m := mass(after, w.at); m > 0 && s.claims(&t) {
				if stale {
					logLik = logs.of(&t)
					stale = false
				}
				c := Cell{After: after, UpTo: w.at, LogLik: logLik}
				sum.add(logLik, m)
				if c.LogLik >= best.Best.LogLik {
					best.Best, table = c, t
				}
				if c.LogLik >= best.Best.LogLik-Tolerance {
					cells = append(cells, c)
				}
			}
			stale = t.pass(step) || stale
			after = w.at
		}
	}
	if best.LogEvidence = sum.log(); !math.IsInf(best.LogEvidence, -1) {
		best.Low, best.High = interval(cells, best.Best.LogLik)
		best.Best.LogLik = table.Log() // the same for whoever decides the same, however it was come to
	}
	scratch.cells = cells
	return best
}

// claims reports whether a threshold says something.
func (s *Steps) claims(t *Table) bool {
	return t.NoRefused > s.forced[1]+tiny && t.YesRefused+t.YesAccepted > tiny
}

var none step

// tiny is below the weight of any attempt and above what rounding leaves of sums.
const tiny = 1e-7

// all returns the table of a threshold below every step.
func (s *Steps) all() Table {
	t := Table{NoAccepted: s.forced[0], NoRefused: s.forced[1]}
	var sum weights
	for _, step := range s.added {
		sum[0] += step[lo][0]
		sum[1] += step[lo][1]
	}
	for _, m := range s.marks[lo] {
		sum.add(m)
	}
	t.NoAccepted += sum[0]
	t.NoRefused += sum[1]
	return t
}

// pass moves the attempts of one step, and reports whether there are any: those whose Lo
// it is are no longer surely refused, those whose Mid it is no longer lean that way, and
// those whose Hi it is are now surely accepted.
func (t *Table) pass(s *step) bool {
	if *s == none {
		return false
	}
	t.NoAccepted -= s[lo][0]
	t.NoRefused -= s[lo][1]
	t.LeanNoAccepted += s[lo][0] - s[mid][0]
	t.LeanNoRefused += s[lo][1] - s[mid][1]
	t.LeanYesAccepted += s[mid][0] - s[hi][0]
	t.LeanYesRefused += s[mid][1] - s[hi][1]
	t.YesAccepted += s[hi][0]
	t.YesRefused += s[hi][1]
	t.clean()
	return true
}

// clean takes what rounding leaves below zero, or next to it, for zero.
func (t *Table) clean() {
	for _, v := range [...]*float64{&t.NoAccepted, &t.NoRefused, &t.LeanNoAccepted, &t.LeanNoRefused, &t.LeanYesAccepted, &t.LeanYesRefused} {
		if *v < tiny {
			*v = 0
		}
	}
}

func interval(cells []Cell, best float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, c := range cells {
		if c.LogLik >= best-Tolerance {
			low, high = min(low, c.After), max(high, c.UpTo)
		}
	}
	return low, high
}
