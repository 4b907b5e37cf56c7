package analysis

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"why403/analysis/evidence"
)

// leak fits a limit whose places are now and then not given back, under each key apart.
func (f *capFit) leak(all []moment, most float64) drifting {
	best := drifting{way: leaks, logEv: math.Inf(-1)}
	byKey := make([][]moment, f.part.N)
	least := 1
	for _, m := range all {
		byKey[m.key] = append(byKey[m.key], m)
		if m.close {
			best.closes++
		} else if !m.refused {
			least = max(least, int(m.lo)+1)
		}
	}
	if best.closes == 0 {
		return best
	}
	mass := evidence.Counts(mostSockets)
	top := math.Inf(-1)
	var terms, bests []float64
	for start := least; start < max(least, best.start)+leakStarts && start <= int(most)+1+best.closes; start++ {
		bests = append(bests, math.Inf(-1))
		for _, rate := range leakRates {
			sum := 0.0
			for _, key := range byKey {
				if sum += leakForward(key, start, rate, top-sum-hopelessDrift); sum < top-hopelessDrift {
					break
				}
			}
			bests[start-least] = max(bests[start-least], sum)
			terms = append(terms, sum+math.Log(mass(float64(start)-1, float64(start))/float64(len(leakRates))))
			if sum > top {
				top, best.start, best.rate = sum, start, rate
			}
		}
	}
	if len(terms) == 0 {
		return best
	}
	best.logEv = floats.LogSumExp(terms)
	best.low, best.high = best.start, best.start
	for k, log := range bests {
		if log >= top-evidence.Tolerance {
			best.low, best.high = min(best.low, least+k), max(best.high, least+k)
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
	lost := make([]float64, start+1)
	lost[0] = 1
	var log float64
	for _, m := range key {
		if m.close {
			for l := len(lost) - 1; l > 0; l-- {
				falls := lost[l-1] * rate
				lost[l] += falls
				lost[l-1] -= falls
			}
			continue
		}
		sum := 0.0
		for l := range lost {
			lost[l] *= m.like(float64(start - l))
			sum += lost[l]
		}
		log += math.Log(sum)
		if log < hopeless {
			return math.Inf(-1)
		}
		floats.Scale(1/sum, lost)
	}
	return log
}

// leakWay notes the limit at each attempt on the most likely way (Viterbi), and
// returns how many places were lost.
func leakWay(key []moment, start int, rate float64, limits []float64) int {
	best := make([]float64, start+1)
	for l := 1; l <= start; l++ {
		best[l] = math.Inf(-1)
	}
	var fell [][]bool // by close and state
	for _, m := range key {
		if !m.close {
			for l := range best {
				best[l] += math.Log(m.like(float64(start - l)))
			}
			continue
		}
		from := make([]bool, start+1)
		for l := start; l >= 0; l-- {
			stay := best[l]
			if l < start {
				stay += math.Log(1 - rate)
			}
			if l > 0 && best[l-1]+math.Log(rate) > stay {
				stay, from[l] = best[l-1]+math.Log(rate), true
			}
			best[l] = stay
		}
		fell = append(fell, from)
	}
	state := floats.MaxIdx(best)
	lost := state
	for k := len(key) - 1; k >= 0; k-- {
		if !key[k].close {
			limits[key[k].who] = float64(start - state)
			continue
		}
		if fell[len(fell)-1][state] {
			state--
		}
		fell = fell[:len(fell)-1]
	}
	return lost
}
