package analysis

import (
	"math"
	"slices"
)

// usuallyHeld is the median life of the sockets, in seconds; infinite if none was seen to end.
func (s *study) usuallyHeld() float64 {
	var lives []float64
	for i := range s.table.Attempts {
		if at, released := s.table.Release(i); released {
			lives = append(lives, at.Sub(s.table.Attempts[i].Answered).Seconds())
		}
	}
	if len(lives) == 0 {
		return math.Inf(1)
	}
	return medianOf(lives)
}

// recordedMoves is the recorded load: sockets that were refused would have lived as
// long as is usual.
func (s *study) recordedMoves(f *loadFacts, held float64) []move {
	var moves []move
	tokens := s.partition("token").Labels
	for i := range s.table.Attempts[:min(len(s.table.Attempts), mostPlayed)] {
		a := &s.table.Attempts[i]
		m := f.opening(i, s.elapsed(a.Sent))
		if tokens != nil && tokens[i] >= 0 {
			m.token = int(tokens[i])
		}
		end := m.at + held
		if at, released := s.table.Release(i); released {
			end = s.elapsed(at)
		}
		moves = append(moves, m, move{at: end, socket: i})
	}
	return moves
}

// probed repeats the recorded load, and opens a few sockets more in between that differ
// from it by a change.
func (f loadFacts) probed(part string, change func(*move)) *plan {
	p := &plan{life: f.life, parts: []string{"the same load", part}, moves: slices.Clone(f.again)}
	for i := 0; i < len(f.again); i += 2 * oneProbeIn {
		m := f.again[i]
		m.socket, m.part = 2*mostPlayed+m.socket, 1
		change(&m)
		p.moves = append(p.moves, m, move{at: m.at + 1, socket: m.socket})
	}
	return p
}

// goingOn is the load going on for so many times as long: sockets that close are opened again.
func (f loadFacts) goingOn(by float64) loadFacts {
	again, end := f.again, f.lastOpening()
	f.again = slices.Clone(again)
	for i := 0; i < len(again); i += 2 {
		if opened, closed := again[i], again[i+1]; opened.at <= (by-1)*end && !math.IsInf(closed.at, 1) {
			f.again = append(f.again, f.later(opened, end), f.later(closed, end))
		}
	}
	return f
}

// lastOpening is when the last socket of the load opens, in seconds.
func (f loadFacts) lastOpening() float64 {
	last := 0.0
	for _, m := range f.again {
		if m.opens {
			last = max(last, m.at)
		}
	}
	return last
}

// later is a move of the load made by another socket so many seconds later.
func (f loadFacts) later(m move, by float64) move {
	m.at += by
	m.socket += mostPlayed
	if m.opens && f.shared {
		m.age = f.age + m.at
	}
	return m
}

// slowly is the load with everything in it taking so much longer.
func (f loadFacts) slowly(by float64) loadFacts {
	f.again = slices.Clone(f.again)
	for i := range f.again {
		m := &f.again[i]
		m.at *= by
		if m.opens && f.shared {
			m.age = f.age + m.at
		}
	}
	return f
}

// oneProbeIn is how many upgrades of the load there are for one that probes.
const oneProbeIn = 8
