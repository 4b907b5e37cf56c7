package analysis

import (
	"cmp"
	"math"
	"slices"

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

	// frees is how a limit that stays grows where sockets that were open before the recording
	// began, which nobody counts, give their places back.
	frees drift = "frees"
)

// driftShare is the prior of each way, of all limits on open sockets, staysShare that of none.
var driftShare = map[drift]float64{leaks: 0.04, shrinks: 0.02, grows: 0.02}

const staysShare = 0.92

const (
	slipRate      = 0.003     // of decisions that no limit explains
	mostDriftWork = 1_500_000 // attempts times limits told apart, above which drifts are not looked for
	leakStarts    = 12        // limits that a leak may have begun at, from the least and from the best on
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

// mayDrift reports whether drifts are looked for at all: in what is short, alone, and of keys
// that are used often.
func (f *capFit) mayDrift() bool {
	return f.s.forced == nil && f.s.beginning == nil && 8*f.part.N <= len(f.s.table.Attempts)
}

// drifts weighs the ways in which the limit may have gone; nil if none is to be tried. One that
// explains much less than a limit that stays, or than a cause that was weighed before, is left out.
func (f *capFit) drifts(stays float64) []drifting {
	open := f.s.table.Open(f.part.Labels, f.part.N, f.plain[f.best].reading, 0)
	defer f.s.table.Recycle(open)
	n := len(f.s.table.Attempts)
	most := 0.0
	for i, v := range open.Mid {
		if f.part.Labels[i] >= 0 {
			most = max(most, float64(v))
		}
	}
	if float64(n)*most > mostDriftWork {
		return nil
	}
	all := f.moments(open)
	least := max(stays-hopelessDrift, f.s.promising(f.s.reached))
	list := make([]drifting, 3)
	inParallel(len(list), func(i int) {
		switch i {
		case 0:
			list[i] = f.leak(all, most, least)
		case 1:
			list[i] = moveOf(shrinks, all, int(most)+2, n, least)
		case 2:
			list[i] = moveOf(grows, all, int(most)+2, n, least)
		}
	})
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
		m.setLikes(evenly)
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

// evenly is how often attempts go as they lean that could go either way, where nothing is known
// of it.
const evenly = 0.6

// setLikes works out the likelihoods under limits that are surely, likely, hardly and
// surely not met.
func (m *moment) setLikes(lean float64) {
	for k, p := range [4]float64{slipRate, 1 - lean, lean, 1 - slipRate} {
		if !m.refused {
			p = 1 - p
		}
		m.likes[k] = math.Pow(p, m.weight)
	}
}
