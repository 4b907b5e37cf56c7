package analysis

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"why403/analysis/evidence"
	"why403/capture"
)

// A limit that falls or moves is a hidden state. Its evidence is summed over all ways
// that it can have gone (forward algorithm), so that what is free to move pays for
// each move: a leak for each place that a close did not give back and each that it
// did, a moving limit for each step, its time and its size. It moves one way only: a
// limit that may go up and down at will explains anything.

// drift is a way for a limit to go.
type drift string

const (
	leaks   drift = "leaks"   // falls by one at some closes
	shrinks drift = "shrinks" // falls at any time, by any number
	grows   drift = "grows"
)

// driftShare is the prior of each way, of all limits on open sockets.
var driftShare = map[drift]float64{leaks: 0.04, shrinks: 0.02, grows: 0.02}

const (
	slipRate      = 0.003     // of decisions that no limit explains
	mostDriftWork = 1_500_000 // attempts times limits told apart, above which drifts are not looked for
	leakStarts    = 12        // limits that a leak may have begun at, from the least on
	hopelessDrift = 40        // how far below the best so far a try is given up
)

var (
	leakRates = []float64{0.001, 0.002, 0.004, 0.007, 0.012, 0.02, 0.03, 0.045, 0.07, 0.1, 0.15, 0.25, 0.4}
	moveRates = []float64{0.5, 2, 8, 32} // steps in the recording
)

// moment is what a limit meets: a decision, or the end of a socket.
type moment struct {
	at          capture.Instant
	close       bool
	who         int // of the attempts
	key         int32
	lo, mid, hi float64
	refused     bool
	weight      float64
	likes       [4]float64
}

// drifting is a limit's way through the recording.
type drifting struct {
	way    drift
	logEv  float64 // with the prior of its parameters
	start  int
	low    int // of the starts that explain the recording about as well
	high   int
	rate   float64
	limits []float64 // at each attempt, on the best way
	falls  int       // places lost, of so many closes
	closes int
}

// drifts weighs the ways in which the limit may have gone; nil if none is to be tried.
func (f *capFit) drifts(open evidence.Range) []drifting {
	n := len(f.s.table.Attempts)
	most := 0.0
	for i, v := range open.Mid {
		if f.part.Labels[i] >= 0 {
			most = max(most, float64(v))
		}
	}
	if f.s.forced != nil || f.s.beginning != nil || float64(n)*most > mostDriftWork || 8*f.part.N > n {
		return nil
	}
	all := f.moments(open)
	list := []drifting{f.leak(all, most)}
	for _, way := range []drift{shrinks, grows} {
		list = append(list, moveOf(way, all, int(most)+2, n))
	}
	return slices.DeleteFunc(list, func(d drifting) bool { return math.IsInf(d.logEv, -1) })
}

// moments are the decisions and the ends of sockets in the order of time.
func (f *capFit) moments(open evidence.Range) []moment {
	t := f.s.table
	byRequest := f.plain[f.best].reading.ByRequest
	var all []moment
	for i := range t.Attempts {
		l := f.part.Labels[i]
		if l < 0 {
			continue
		}
		at := t.Attempts[i].Answered
		if byRequest {
			at = t.Attempts[i].Sent
		}
		m := moment{at: at, who: i, key: l, lo: float64(open.Lo[i]), mid: float64(open.Mid[i]), hi: float64(open.Hi[i]),
			refused: t.Refused[i], weight: f.s.weights[i]}
		m.setLikes()
		all = append(all, m)
		if end, released := t.Release(i); released && t.Attempts[i].InBand == 0 {
			all = append(all, moment{at: end, close: true, who: i, key: l})
		}
	}
	slices.SortStableFunc(all, func(a, b moment) int { return cmp.Compare(a.at, b.at) })
	return all
}

// like is the likelihood of what became of a decision under a limit.
func (m *moment) like(limit float64) float64 {
	switch {
	case m.lo >= limit:
		return m.likes[3]
	case m.mid >= limit:
		return m.likes[2]
	case m.hi >= limit:
		return m.likes[1]
	}
	return m.likes[0]
}

// setLikes works out the likelihoods under limits that are surely, likely, hardly and
// surely not met.
func (m *moment) setLikes() {
	for k, p := range [4]float64{slipRate, 0.4, 0.6, 1 - slipRate} {
		if !m.refused {
			p = 1 - p
		}
		m.likes[k] = math.Pow(p, m.weight)
	}
}

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
	for start := least; start < least+leakStarts && start <= int(most)+1; start++ {
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
	lost := make([]float64, start) // one place is always left
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
	best := make([]float64, start)
	for l := 1; l < start; l++ {
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
		from := make([]bool, start)
		for l := start - 1; l >= 0; l-- {
			stay := best[l]
			if l < start-1 {
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

// moveOf fits a limit, of all keys alike, that goes one way in steps.
func moveOf(way drift, all []moment, states, n int) drifting {
	best := drifting{way: way, logEv: math.Inf(-1)}
	decisions := slices.DeleteFunc(slices.Clone(all), func(m moment) bool { return m.close })
	var terms []float64
	top := math.Inf(-1)
	for _, steps := range moveRates {
		rate := min(steps/float64(n), 0.2)
		log := moveForward(way, decisions, states, rate)
		terms = append(terms, log-math.Log(float64(len(moveRates))))
		if log > top {
			top, best.rate = log, rate
		}
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

func moveForward(way drift, decisions []moment, states int, rate float64) float64 {
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
		log += math.Log(sum)
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
