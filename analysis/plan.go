package analysis

import (
	"cmp"
	"slices"
	"time"

	"why403/capture"
)

// move is one thing that the load of an experiment does: it opens a socket or
// closes one.
type move struct {
	at     float64 // seconds since the load began
	opens  bool
	socket int // number of the socket, the same for its opening and its end
	part   int // of the outcome: what it is counted under

	token, client, source, edge int
	age                         float64 // of the token, seconds
}

// plan is the load of an experiment, in the order of time.
type plan struct {
	moves []move
	life  float64  // of tokens, seconds; infinite if not known
	parts []string // what its parts are called: "the ramp", "the reopened"
}

// loadFacts is what of the recorded load an experiment keeps.
type loadFacts struct {
	threads int
	ramp    float64 // seconds in which upgrades were tried
	shared  bool    // all upgrades of a client carry one token
	age     float64 // of tokens when they are used first, or of a shared one at the start
	life    float64 // of tokens
	edges   int
	again   []move // the recorded load itself, up to mostPlayed
	suspects
}

const (
	mostThreads = 3000 // that a plan has
	mostPlayed  = 20_000
)

// suspects are the numbers that candidates name, 0 for none.
type suspects struct {
	limit    int // of sockets
	upgrades int
	ofTokens bool // the uses of each token are counted
}

func (s *study) loadFacts(of suspects) loadFacts {
	if s.load == nil {
		s.load = s.recordedLoad()
	}
	f := *s.load
	if of.limit == 0 {
		of.limit = max(2, s.table.PeakOpen())
	}
	f.threads, f.suspects = min(max(min(s.busiest(), 2*of.limit), 10), mostThreads), of
	return f
}

// recordedLoad is what of the load is the same whatever is suspected.
func (s *study) recordedLoad() *loadFacts {
	f := &loadFacts{ramp: s.tried(), edges: s.partition("edge").N}
	held := 0.0
	together(
		func() { f.life = s.usualLife() },
		func() { f.shared = s.sharesTokens(s.busiest()) },
		func() { held = s.usuallyHeld() },
	)
	if a := s.table.Attempts[0]; a.Token != nil && a.Token.Issued.Seen() {
		f.age = max(0, a.Age.Seconds())
	}
	f.again = s.recordedMoves(f, held)
	return f
}

// sharesTokens reports whether the upgrades of many threads carry one token: there are few
// tokens, and they are used while sockets that were opened with them are open.
func (s *study) sharesTokens(attempts int) bool {
	used := len(s.tokenUses())
	if used == 0 || 5*used >= attempts {
		return false
	}
	p, busy := s.partition("token"), 0
	if p.N == 0 {
		return true // one for all, and so no key of its own
	}
	for _, open := range s.table.Open(p.Labels, p.N, s.table.Readings()[0], 0).Mid {
		if open > 0 {
			busy++
		}
	}
	return 10*busy >= attempts
}

// busiest is how many attempts the stretch with the most has.
func (s *study) busiest() int {
	counts := make([]int, s.table.Axis.N())
	for i := range s.table.Attempts {
		counts[s.table.Stretch(i)]++
	}
	return slices.Max(counts)
}

// tried is the longest time from the first to the last upgrade of a stretch, in seconds:
// sockets may have been held for longer.
func (s *study) tried() float64 {
	first, longest := map[int32]capture.Instant{}, time.Millisecond
	for i := range s.table.Attempts {
		k, at := s.table.Stretch(i), s.table.Attempts[i].Sent
		if began, seen := first[k]; !seen || at < began {
			first[k] = at
		}
		longest = max(longest, at.Sub(first[k]))
	}
	return longest.Seconds()
}

// opening is an upgrade of thread i as the recorded load would make it.
func (f loadFacts) opening(i int, at float64) move {
	m := move{at: at, opens: true, socket: i, token: 1 + i, age: f.age}
	if f.shared {
		m.token, m.age = 0, f.age+at
	}
	if f.edges > 1 {
		m.edge = i % f.edges
	}
	return m
}

// ramped opens all threads within some time.
func (f loadFacts) ramped(over float64) *plan {
	p := &plan{life: f.life, parts: []string{"the ramp"}}
	for i := range f.threads {
		p.moves = append(p.moves, f.opening(i, over*float64(i)/float64(f.threads)))
	}
	return p
}

// each changes every opening.
func (p *plan) each(change func(*move)) *plan {
	for i := range p.moves {
		if p.moves[i].opens {
			change(&p.moves[i])
		}
	}
	return p
}

// late opens some more sockets at the end, with tokens used before.
func (p *plan) late(f loadFacts, n int, at float64) *plan {
	p.parts = append(p.parts, "the late ones")
	for i := range n {
		m := f.opening(i, at+float64(i)*0.1)
		m.socket, m.part = f.threads+i, len(p.parts)-1
		if !f.shared {
			m.age += m.at
		}
		p.moves = append(p.moves, m)
	}
	return p
}

// churned opens and closes sockets again and again.
func (f loadFacts) churned(loops int, hold, over float64) *plan {
	p := &plan{life: f.life, parts: []string{"all"}}
	for i := range f.threads {
		at := over * float64(i) / float64(f.threads)
		for k := range loops {
			m := f.opening(i, at)
			m.socket = k*f.threads + i
			p.moves = append(p.moves, m, move{at: at + hold, socket: m.socket})
			at += hold + 0.5
		}
	}
	return p
}

func (p *plan) inOrder() *plan {
	slices.SortStableFunc(p.moves, func(a, b move) int { return cmp.Compare(a.at, b.at) })
	return p
}
