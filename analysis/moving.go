package analysis

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"why403/analysis/evidence"
)

// moveOf fits a limit, of all keys alike, that goes one way in steps. What cannot reach a log
// likelihood is given up.
func moveOf(way drift, all []moment, states, n int, least float64) drifting {
	best := drifting{way: way, logEv: math.Inf(-1)}
	decisions := slices.DeleteFunc(slices.Clone(all), func(m moment) bool { return m.close })
	var terms []float64
	top := math.Inf(-1)
	for _, steps := range moveRates {
		rate := min(steps/float64(n), 0.2)
		log := moveForward(way, decisions, states, rate, max(top-hopelessDrift, least))
		terms = append(terms, log-math.Log(float64(len(moveRates))))
		if log > top {
			top, best.rate = log, rate
		}
	}
	if math.IsInf(top, -1) {
		return best
	}
	best.logEv = floats.LogSumExp(terms)
	best.limits = make([]float64, n)
	moveWay(way, decisions, states, best.rate, best.limits)
	return best
}

// ordered returns the limits in the order in which a drift passes them, with the log
// prior of beginning at each.
func ordered(way drift, states int) (limits, prior []float64) {
	mass := evidence.Counts(mostSockets)
	for k := 1; k <= states; k++ {
		limits = append(limits, float64(k))
	}
	if way == shrinks {
		slices.Reverse(limits)
	}
	for _, v := range limits {
		upTo := v
		if v == float64(states) {
			upTo = mostSockets // no limit that was met
		}
		prior = append(prior, math.Log(mass(v-1, upTo)))
	}
	return limits, prior
}

// moveForward sums the likelihood over all ways of the limit; it gives up once it is below hopeless.
func moveForward(way drift, decisions []moment, states int, rate, hopeless float64) float64 {
	limits, prior := ordered(way, states)
	at := make([]float64, states)
	for k := range at {
		at[k] = math.Exp(prior[k])
	}
	var log float64
	for _, m := range decisions {
		coming, sum := 0.0, 0.0
		for k := range at {
			next := at[k] + coming
			if room := states - 1 - k; room > 0 {
				next -= rate * at[k]
				coming += rate * at[k] / float64(room)
			}
			at[k] = next * m.like(limits[k])
			sum += at[k]
		}
		if log += math.Log(sum); log < hopeless {
			return math.Inf(-1)
		}
		floats.Scale(1/sum, at)
	}
	return log
}

func moveWay(way drift, decisions []moment, states int, rate float64, out []float64) {
	limits, best := ordered(way, states)
	came := make([][]int16, len(decisions))
	for i, m := range decisions {
		came[i] = make([]int16, states)
		coming, from := math.Inf(-1), int16(0)
		for k := range best {
			here := best[k]
			next, source := here, int16(k)
			if room := states - 1 - k; room > 0 {
				next += math.Log(1 - rate)
				if coming > next {
					next, source = coming, from
				}
				if c := here + math.Log(rate/float64(room)); c > coming {
					coming, from = c, int16(k)
				}
			} else if coming > next {
				next, source = coming, from
			}
			came[i][k] = source
			best[k] = next + math.Log(m.like(limits[k]))
		}
	}
	state := floats.MaxIdx(best)
	for i := len(decisions) - 1; i >= 0; i-- {
		out[decisions[i].who] = limits[state]
		state = int(came[i][state])
	}
}
