package virtual

import "why403/capture"

// thread is one virtual user of a load.
type thread struct {
	*world
	load   *Load
	number int
	who    *Person
	over   float64 // after this no attempt begins

	token   *Token
	renews  bool // the next attempt has a token fetched for it
	renewAt float64
	tries   int
	left    int // uses of its token after the rest
}

func (t *thread) iterate() {
	t.tries = 0
	t.attempt()
}

// attempt sends one upgrade.
func (t *thread) attempt() {
	if t.now > t.over || t.rests() {
		return
	}
	a := &Arrival{Person: t.who, thread: t, sent: t.now, Luck: t.gate.Uint64()}
	t.tokens.equip(a)
	if edges := t.who.edges; edges > 1 {
		a.Edge = t.pickEdge(edges)
	}
	a.dress(t.world)
	t.record.sent(t.world, a)
	t.after(t.delay(), func() { t.decide(a) })
	if t.load.GiveUp > 0 {
		t.after(t.load.GiveUp, func() { t.leave(a) })
	}
}

// pickEdge draws the gateway's address for an attempt, or the thread's own.
func (t *thread) pickEdge(edges int) int {
	if t.who.pinned {
		return t.who.edge
	}
	return t.world.load.IntN(edges)
}

// leave gives up waiting for an answer.
func (t *thread) leave(a *Arrival) {
	if a.up.Outcome != capture.Pending {
		return
	}
	t.record.left(t.world, a)
	t.again()
}

// again arranges the next attempt after one that got no socket.
func (t *thread) again() {
	l := t.load
	switch {
	case t.left > 0:
		t.useAgain()
	case t.tries < l.Retries:
		backoff := l.Backoff * float64(int(1)<<min(t.tries, 16))
		t.tries++
		t.after(vary(t.world.load, backoff, 0.1), t.attempt)
	case !l.Once:
		t.after(l.draw(t.world.load, l.Pause), t.iterate)
	default:
		t.reopen(nil)
	}
}

// hold keeps an accepted socket open.
func (t *thread) hold(a *Arrival) {
	life := t.over - t.now
	switch {
	case t.left > 0:
		life = useFor
	case t.load.Hold > 0:
		life = min(life, t.load.draw(t.world.load, t.load.Hold))
	}
	t.after(max(0, life), func() { t.close(a) })
	t.reopen(a)
}

// close ends the socket from the client's side; the gateway hears of it a trip
// later, and the recorder of its answer another trip later.
func (t *thread) close(a *Arrival) {
	if a.ended {
		return
	}
	a.ended = true
	arrives := t.now + t.delay()
	abrupt := t.world.load.Float64() < t.load.Leaves
	t.record.closed(a, t.now, arrives+t.scene.Network.Way, abrupt)
	t.at(arrives, func() { t.release(a) })
	t.next()
}

// next arranges the iteration after one that had a socket.
func (t *thread) next() {
	switch {
	case t.left > 0:
		t.useAgain()
	case !t.load.Once:
		t.after(t.load.draw(t.world.load, t.load.Pause)+1e-4, t.iterate)
	}
}
