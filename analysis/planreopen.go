package analysis

// reopening is a third of the sockets being closed and opened again.
type reopening struct {
	first  int     // of every third socket, the one that it begins with
	closes float64 // when, in seconds
	away   float64 // how long until they open again
	times  int     // how often they do, one after another
	fresh  bool    // with a token fetched for each
	part   string  // what the reopened are called
}

const (
	inARow     = 5 // whatever moment a window ends at, one side of it has five sixths of the ramp's uses
	holdAgain  = 5 // seconds that a socket is open which is opened several times
	openWithin = 3 // seconds in which all of a third open
)

// away is a time in seconds after which no socket closed counts any more but where closed
// ones do so for minutes.
func (f loadFacts) away() float64 { return f.ramp / 2 }

// reopenings are those of two thirds after a pause. The tokens used so far are used more
// often than in the ramp, and within a shorter time.
func (f loadFacts) reopenings() (old, fresh reopening) {
	old = reopening{closes: slowed*f.ramp + 10, away: f.away(), times: inARow, part: "the reopened with old tokens"}
	fresh = reopening{first: 1, closes: old.closes, away: f.away(), times: 1, fresh: true, part: "the reopened with fresh tokens"}
	return old, fresh
}

// reopen adds a reopening, as a part of its own.
func (p *plan) reopen(f loadFacts, r reopening) *plan {
	p.parts = append(p.parts, r.part)
	for i := r.first; i < f.threads; i += 3 {
		p.moves = append(p.moves, move{at: r.closes, socket: i})
		m := f.opening(i, r.closes+r.away+openWithin*float64(i)/float64(f.threads))
		m.part = len(p.parts) - 1
		for k := range r.times {
			if m.age = f.age + m.at; r.fresh {
				m.token, m.age = 10_000+i, 0
			}
			p.moves = append(p.moves, m)
			if k+1 < r.times {
				p.moves = append(p.moves, move{at: m.at + holdAgain, socket: m.socket})
			}
			m.at += holdAgain + openWithin
		}
	}
	return p
}
