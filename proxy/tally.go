package proxy

import "why403/capture"

// stream is what is counted of an exchange on HTTP/2, where they overlap.
type stream struct {
	relayed       capture.Instant // 0 as long as it has no answer
	counted, open bool
}

// put hands the queue to the sink.
func (t *tap) put() {
	for _, rec := range t.queue {
		if u, ok := rec.(capture.Upgrade); ok {
			t.complete(&u)
			rec = u
		}
		t.p.sink.Put(rec)
	}
	clear(t.queue)
	t.queue = t.queue[:0]
}

// complete adds to an upgrade when its answer was relayed, and counts it.
func (t *tap) complete(u *capture.Upgrade) {
	if t.streams != nil {
		t.completeStream(u)
		return
	}
	if u.Phases.ResponseHead.Seen() {
		if t.handed != u.Exchange {
			t.handed, t.relayed = u.Exchange, t.p.clock.now()
		}
		u.Phases.Relayed = t.relayed
	}
	if u.Outcome == capture.Pending || t.counted >= u.Exchange {
		return
	}
	t.counted = u.Exchange
	t.open = t.count(u)
}

func (t *tap) completeStream(u *capture.Upgrade) {
	s := t.streams[u.Exchange]
	if u.Phases.ResponseHead.Seen() && s.relayed == 0 {
		s.relayed = t.p.clock.now()
	}
	u.Phases.Relayed = s.relayed
	if u.Outcome != capture.Pending && !s.counted {
		s.counted, s.open = true, t.count(u)
	}
	if s.open && u.Socket.Closed.Seen() {
		s.open = false
		t.p.stats.open.Add(-1)
	}
	t.streams[u.Exchange] = s
}

// count counts an upgrade whose outcome is known, and returns whether it opened a
// WebSocket.
func (t *tap) count(u *capture.Upgrade) (opened bool) {
	t.p.stats.answered(u)
	t.p.observer.see(u)
	if t.p.opt.Answered != nil {
		t.p.opt.Answered(u)
	}
	if u.Outcome != capture.Accepted {
		return false
	}
	t.p.stats.open.Add(1)
	return true
}
