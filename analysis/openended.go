package analysis

import (
	"math"
	"slices"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
)

// A limit on the uses of a token within a time refuses the same upgrades as one on all its
// uses, token-overused, as long as no token is seen to come back. It may be longer than
// the recording, or count refused upgrades too, so that whoever goes on trying stays refused.
// Only a token that is refused though it was left alone for long tells them apart.

// openEnded is the kind of such a window.
const openEnded windowKind = "a window that was not seen to end"

// rested is how many times longer than most tokens took for their uses one must have
// been left alone, and be refused then.
const rested = 1.8

// openEndedTries counts upgrades with a token in any window that none of them outlasted.
func openEndedTries(s *study, p covariate.Partition) []quotaTry {
	var tries []quotaTry
	for _, t := range countTries(s, p.Labels, p.N, openEnded, windowsShare) {
		if !math.IsInf(t.logEv, -1) && s.openEnd(p, &t) {
			tries = append(tries, t)
		}
	}
	return tries
}

// openEnd gives a try its window, from the shortest that fits; false if a token rested longer.
func (s *study) openEnd(p covariate.Partition, t *quotaTry) bool {
	n := int(t.result.Best.UpTo)
	shortest, took := s.usesWithin(p, n, everyAttempt)
	if shortest >= rested*took[(len(took)-1)/2] {
		return false
	}
	if t.variant == countsAccepted {
		shortest, _ = s.usesWithin(p, n, func(i int) bool { return !s.table.Refused[i] })
	}
	t.share *= evidence.LogUniform(leastWindow, mostWindow)(shortest, math.Inf(1))
	t.window = &Threshold{Value: max(shortest, leastWindow), Low: max(shortest, leastWindow), High: mostWindow, Unit: "s"}
	return true
}

func everyAttempt(int) bool { return true }

// usesBefore is how many attempts a key usually made before it was first refused, 0 if
// none was.
func (s *study) usesBefore(p covariate.Partition) int {
	made, refused := make([]int, p.N), make([]bool, p.N)
	var before []int
	for i, l := range p.Labels {
		if l < 0 || refused[l] {
			continue
		}
		if s.table.Refused[i] {
			refused[l], before = true, append(before, made[l])
		}
		made[l]++
	}
	if len(before) == 0 {
		return 0
	}
	slices.Sort(before)
	return before[(len(before)-1)/2]
}

// outlived reports whether a key was accepted after more attempts than it took others to
// be refused.
func (s *study) outlived(p covariate.Partition) bool {
	n, made := s.usesBefore(p), make([]int, p.N)
	for i, l := range p.Labels {
		if l < 0 || n == 0 {
			continue
		}
		if made[l] > n && !s.table.Refused[i] {
			return true
		}
		made[l]++
	}
	return false
}

// usesWithin returns the shortest window, in seconds, in which each refused attempt of a key
// has n attempts that count before it, and in order what they took of each key at its first
// refusal; 0 and a 0 if there is none.
func (s *study) usesWithin(p covariate.Partition, n int, counts func(i int) bool) (shortest float64, took []float64) {
	past, refused := make([][]float64, p.N), make([]bool, p.N)
	for i := range s.table.Attempts {
		l := p.Labels[i]
		if l < 0 || s.forced != nil && s.forced[i] {
			continue
		}
		now := s.elapsed(s.table.Attempts[i].Sent)
		if k := len(past[l]); s.table.Refused[i] && k >= n {
			within := now - past[l][k-n]
			shortest = max(shortest, within)
			if !refused[l] {
				refused[l], took = true, append(took, within)
			}
		}
		if counts(i) {
			past[l] = append(past[l], now)
		}
	}
	if len(took) == 0 {
		return 0, []float64{0}
	}
	slices.Sort(took)
	return shortest, took
}
