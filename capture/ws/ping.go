package ws

import (
	"time"

	"why403/capture"
)

// Pings matches the pings of one side with the other side's pongs (RFC 6455 §5.5.3).
// The zero value is ready.
type Pings struct{ waiting []ping }

type ping struct {
	sum uint64
	at  capture.Instant
}

// pingsWaiting is how many unanswered pings are remembered; the oldest go first.
const pingsWaiting = 4

// Ping notes a ping by the hash of its payload.
func (p *Pings) Ping(sum uint64, at capture.Instant) {
	if p.waiting == nil {
		p.waiting = make([]ping, 0, pingsWaiting)
	}
	if len(p.waiting) == pingsWaiting {
		p.waiting = p.waiting[:copy(p.waiting, p.waiting[1:])]
	}
	p.waiting = append(p.waiting, ping{sum, at})
}

// Pong returns how long the pong with that payload took, and false if it answers no
// ping. It answers earlier pings too: a side may answer only the latest.
func (p *Pings) Pong(sum uint64, at capture.Instant) (took time.Duration, answers bool) {
	for i := len(p.waiting) - 1; i >= 0; i-- {
		if w := p.waiting[i]; w.sum == sum {
			p.waiting = p.waiting[:copy(p.waiting, p.waiting[i+1:])]
			return at.Sub(w.at), true
		}
	}
	return 0, false
}
