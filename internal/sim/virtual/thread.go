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

// rests puts an attempt off that falls into the load's rest.
func (t *thread) rests() bool {
	begun, end := t.over-t.load.Until, t.over-lateBy
	if t.load.Rest == 0 || t.now < begun+t.load.Rest || t.now >= end {
		return false
	}
	t.at(end+lateBy*t.world.load.Float64(), t.attempt)
	return true
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
	a.up.Outcome, a.up.Failure = capture.ClientGone, "the client closed the connection before an answer came"
	t.again()
}

// again arranges the next attempt after one that got no socket.
func (t *thread) again() {
	l := t.load
	switch {
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
	if t.load.Hold > 0 {
		life = min(life, t.load.draw(t.world.load, t.load.Hold))
	}
	t.after(max(0, life), func() { t.close(a) })
	t.reopen(a)
}

// reopen arranges that threads of a third close their socket, or nil where they were
// refused one, at some time of the load and open another.
func (t *thread) reopen(a *Arrival) {
	t.reopenAt(a, 0, t.load.Reopen, false)
	t.reopenAt(a, 1, t.load.Renewed, true)
}

func (t *thread) reopenAt(a *Arrival, third int, at float64, fresh bool) {
	again := t.over - t.load.Until + at
	if at == 0 || t.number%3 != third || again <= t.now {
		return
	}
	if a != nil {
		t.at(again, func() { t.close(a) })
	}
	t.at(again+2+3*t.world.load.Float64(), func() {
		t.renews = fresh
		t.iterate()
	})
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
	if !t.load.Once {
		t.after(t.load.draw(t.world.load, t.load.Pause)+1e-4, t.iterate)
	}
}
