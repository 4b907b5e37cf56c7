package virtual

import "math"

// Cap is a limit on open sockets.
type Cap struct {
	N      int
	Key    Key     // default Global
	Linger float64 // a closed socket counts for this long
	// Leak is the share of sockets whose places are never given back.
	Leak float64
	// Grow is by how many places the limit moves per second, Every how long it
	// keeps still between two moves.
	Grow, Every float64
	// Stale is how old the count may be that the limit is compared with.
	Stale float64
	Start int // places taken by others
}

// Rule makes the cap's judge.
func (k Cap) Rule() Rule {
	return func(c *Clock) Judge {
		s := &capState{Cap: k, clock: c, held: map[string]int{}, shown: map[string]int{}}
		if s.Key == nil {
			s.Key = Global
		}
		if k.Stale > 0 {
			s.refresh()
		}
		return Judge{Refuse: s.refuse, Opened: s.opened, Closed: s.closed}
	}
}

type capState struct {
	Cap
	clock       *Clock
	held, shown map[string]int // shown is what a stale counter tells
}

func (s *capState) limit() int {
	if s.Every == 0 {
		return s.N
	}
	return s.N + int(s.Grow*s.Every*math.Floor(s.clock.Now()/s.Every))
}

func (s *capState) refuse(a *Arrival) bool {
	counts := s.held
	if s.Stale > 0 {
		counts = s.shown
	}
	return counts[s.Key(a)]+s.Start >= s.limit()
}

// refresh copies the counts now and again.
func (s *capState) refresh() {
	for k, n := range s.held {
		s.shown[k] = n
	}
	if s.clock.w.now < s.clock.w.ends() {
		s.clock.After(s.Stale, s.refresh)
	}
}

func (s *capState) opened(a *Arrival) { s.held[s.Key(a)]++ }

func (s *capState) closed(a *Arrival) {
	if s.Leak > 0 && s.clock.Rand().Float64() < s.Leak {
		return
	}
	if s.Linger > 0 {
		s.clock.After(s.Linger, func() { s.held[s.Key(a)]-- })
		return
	}
	s.held[s.Key(a)]--
}

// Shards spreads upgrades over n nodes behind one address, each with its own cap.
func Shards(n, each int) Rule {
	return Cap{N: each, Key: func(a *Arrival) string { return string(rune('a' + a.Luck%uint64(n))) }}.Rule()
}

// FullAtExpiry is a limit on open sockets that happens to be as many as are open when
// the first token expires, which it does not look at.
func FullAtExpiry() Rule {
	return func(c *Clock) Judge {
		open, limit := 0, math.MaxInt
		return Judge{
			Refuse: func(a *Arrival) bool {
				if limit == math.MaxInt && a.Token != nil && c.Wall() >= a.Token.Expires {
					limit = open
				}
				return open >= limit
			},
			Opened: func(*Arrival) { open++ },
			Closed: func(*Arrival) { open-- },
		}
	}
}
