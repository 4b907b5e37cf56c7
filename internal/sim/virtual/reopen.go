package virtual

// How threads open again, in seconds: within some time of one another, after they have
// been away; and between the rounds of those that do so several times.
const (
	reopenWithin = 3
	leastAway    = 2
	round        = 8
)

// reopen arranges that threads of a third close their socket, or nil where they were
// refused one, at some time of the load and open another, in several rounds perhaps.
func (t *thread) reopen(a *Arrival) {
	l := t.load
	t.reopenAt(a, 0, l.Reopen, max(1, l.Rounds), false)
	t.reopenAt(a, 1, l.Renewed, 1, true)
}

func (t *thread) reopenAt(a *Arrival, third int, at float64, rounds int, fresh bool) {
	if at == 0 || t.number%3 != third {
		return
	}
	closes, away := t.over-t.load.Until+at, max(leastAway, t.load.Away)
	for range rounds {
		if closes > t.now {
			t.reopenOnce(a, closes, away, fresh)
			return
		}
		closes, away = closes+away-leastAway+round, leastAway
	}
}

func (t *thread) reopenOnce(a *Arrival, closes, away float64, fresh bool) {
	if a != nil {
		t.at(closes, func() { t.close(a) })
	}
	t.at(closes+away+reopenWithin*t.world.load.Float64(), func() {
		t.renews = fresh
		t.iterate()
	})
}
