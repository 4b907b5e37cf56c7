package analysis

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"why403/analysis/evidence"
)

// Chance that nothing recorded tells may change from time to time: of three nodes that take turns
// at failing one, two or none may fail. So the share refused is a hidden state that keeps for a
// while and then is any other (the forward algorithm). Blocks of time show such changes only where
// these happen to fall between two.

const (
	// changing is the prior odds that a share which nothing foretells does not stay.
	changing = 0.15
	// changingLevels is how many shares are told apart, evenly spread by their angles, so that each
	// is about as far from the next as outcomes tell (Jeffreys' prior).
	changingLevels = 24
	// changingMost is how often it would change, at the least, to be told from one that stays.
	changingMost = 4
	// changingLeast is the time that a share keeps, at the least, in attempts: what changes with
	// each is no share.
	changingLeast = 2
	// mostChanging is how many attempts are looked at: a share that changes shows in them.
	mostChanging = 50_000
)

// changes is the log odds of a share refused that changes now and then over one that stays, of each
// kind of attempts of which some were refused and some not. Only whoever names chance is asked: accidents
// beside a cause come together as well, as of a stall, or of sockets that were open before.
func (s *study) changes(kind []int32) float64 {
	gains := []float64{math.Inf(-1)}
	for k := range int32(kinds) {
		if c := s.changingOf(kind, k); c.mixed() {
			gains = append(gains, c.gain())
		}
	}
	return floats.LogSumExp(gains) - math.Log(float64(max(1, len(gains)-1))) + math.Log(changing)
}

// changingShare is a row of outcomes, and the seconds before each since the last.
type changingShare struct {
	refused []bool
	after   []float64
}

func (s *study) changingOf(kind []int32, of int32) changingShare {
	var c changingShare
	last := math.Inf(1) // the first comes after none
	for i, k := range kind {
		if k != of {
			continue
		}
		if len(c.refused) == mostChanging {
			break
		}
		now := s.elapsed(s.table.Attempts[i].Answered)
		c.refused, c.after = append(c.refused, s.table.Refused[i]), append(c.after, max(0, now-last))
		last = now
	}
	return c
}

func (c changingShare) mixed() bool {
	return slices.Contains(c.refused, true) && slices.Contains(c.refused, false)
}

// gain is the log odds, over times that a share keeps from a part of the row down to a few attempts.
func (c changingShare) gain() float64 {
	var refused float64
	for _, no := range c.refused {
		refused += float64(outcomeOf(no))
	}
	n := float64(len(c.refused))
	var times []float64
	whole := floats.Sum(c.after)
	for keeps := whole / changingMost; keeps > changingLeast*whole/n; keeps /= 2 {
		times = append(times, keeps)
	}
	if len(times) == 0 {
		return 0
	}
	terms := make([]float64, len(times))
	inParallel(len(terms), func(i int) { terms[i] = c.log(times[i]) })
	return floats.LogSumExp(terms) - math.Log(float64(len(terms))) - evidence.Either.Log(refused, n-refused)
}

// log is the log likelihood if a share keeps for so many seconds on average.
func (c changingShare) log(keeps float64) float64 {
	var shares, p [changingLevels]float64
	for k := range shares {
		shares[k], p[k] = math.Pow(math.Sin(math.Pi/2*(float64(k)+0.5)/changingLevels), 2), 1./changingLevels
	}
	log := 0.0
	for i, refused := range c.refused {
		stays, sum := math.Exp(-c.after[i]/keeps), 0.0
		for k := range p {
			like := shares[k]
			if !refused {
				like = 1 - like
			}
			p[k] = (stays*p[k] + (1-stays)/changingLevels) * like
			sum += p[k]
		}
		for k := range p {
			p[k] /= sum
		}
		log += math.Log(sum)
	}
	return log
}
