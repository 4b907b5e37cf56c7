package sim

import "time"

// Slot is an admitted socket's place under the caps.
type Slot struct {
	key, client string
	released    bool
}

// lingering is a slot whose socket has ended.
type lingering struct {
	*Slot
	until time.Time
}

// Release ends the socket that holds s. Its place is free at now plus the
// linger time. Releasing a slot again does nothing.
func (a *Admission) Release(now time.Time, s *Slot) {
	if s.released {
		return
	}
	s.released = true
	a.counts.Open--
	switch {
	case a.opt.Leak > 0 && a.leaks.Float64() < a.opt.Leak:
		// forgotten
	case a.opt.Linger > 0:
		a.lingering = append(a.lingering, lingering{s, now.Add(a.opt.Linger)})
	default:
		a.free(s)
	}
}

// expire frees the slots that have lingered long enough.
func (a *Admission) expire(now time.Time) {
	n := 0
	for n < len(a.lingering) && !now.Before(a.lingering[n].until) {
		a.free(a.lingering[n].Slot)
		n++
	}
	a.lingering = a.lingering[n:]
}

func (a *Admission) free(s *Slot) {
	a.held--
	a.clients[s.client]--
	a.heldBy[s.key]--
	if a.heldBy[s.key] == 0 {
		delete(a.heldBy, s.key)
	}
}
