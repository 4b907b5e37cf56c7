package analysis

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"why403/analysis/evidence"
)

// leak fits a limit whose places are now and then not given back, under each key apart. What cannot
// reach a log likelihood is given up.
func (f *capFit) leak(all []moment, most, least float64) drifting {
	best := drifting{way: leaks, logEv: math.Inf(-1)}
	byKey := make([][]moment, f.part.N)
	lowest := 1
	for _, m := range all {
		byKey[m.key] = append(byKey[m.key], m)
		if m.close {
			best.closes++
		} else if !m.refused {
			lowest = max(lowest, int(m.lo)+1)
		}
	}
	if best.closes == 0 {
		return best
	}
	mass := evidence.Counts(mostSockets)
	top := math.Inf(-1)
	var terms, bests []float64
	for start := lowest; start < max(lowest, best.start)+leakStarts && start <= int(most)+1+best.closes; start++ {
		bests = append(bests, math.Inf(-1))
		for _, rate := range leakRates {
			sum := 0.0
			for _, key := range byKey {
				hopeless := max(top-hopelessDrift, least)
				if sum += leakForward(key, start, rate, hopeless-sum); sum < hopeless {
					break
				}
			}
			bests[start-lowest] = max(bests[start-lowest], sum)
			terms = append(terms, sum+math.Log(mass(float64(start)-1, float64(start))/float64(len(leakRates))))
			if sum > top {
				top, best.start, best.rate = sum, start, rate
			}
		}
	}
	if math.IsInf(top, -1) {
		return best
	}
	best.logEv = floats.LogSumExp(terms)
	best.low, best.high = best.start, best.start
	for k, log := range bests {
		if log >= top-evidence.Tolerance {
			best.low, best.high = min(best.low, lowest+k), max(best.high, lowest+k)
		}
	}
	best.limits = make([]float64, len(f.s.table.Attempts))
	for _, key := range byKey {
		best.falls += leakWay(key, best.start, best.rate, best.limits)
	}
	return best
}

// leakForward sums the likelihood over all numbers of places lost after each close;
// it gives up once it is below hopeless.
func leakForward(key []moment, start int, rate, hopeless float64) float64 {
	lost := noneLost(start)
	var log float64
	for i := range key {
		if key[i].close {
			lost.loseOne(rate)
			continue
		}
		if log += lost.meet(&key[i]); log < hopeless {
			return math.Inf(-1)
		}
	}
	return log
}

// leakWay notes the limit at each attempt, as half of the ways weighed by their likelihoods have it
// (forwards and backwards; the best single way would rather err than say at which of many closes a place
// was lost), and returns how many places were lost.
func leakWay(key []moment, start int, rate float64, limits []float64) int {
	var forth []lostPlaces // by decision
	lost := noneLost(start)
	for i := range key {
		if key[i].close {
			lost.loseOne(rate)
			continue
		}
		lost.meet(&key[i])
		forth = append(forth, lost.clone())
	}
	back := make([]float64, start+1)
	for l := range back {
		back[l] = 1
	}
	k, falls := len(forth)-1, lost.middle(back)
	for i := len(key) - 1; i >= 0; i-- {
		if key[i].close {
			for l := range start {
				back[l] += rate * (back[l+1] - back[l])
			}
			continue
		}
		limits[key[i].who] = float64(start - forth[k].middle(back))
		weigh(back, 0, &key[i], start)
		k--
	}
	return falls
}
