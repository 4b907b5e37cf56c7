package proxy

import (
	"maps"
	"net/http"
	"sync"
	"sync/atomic"

	"why403/capture"
)

// Stats are counts since the proxy started, and of this moment.
type Stats struct {
	Connections int64         // accepted from clients
	Open        int64         // WebSockets open now
	Pending     int64         // connections with a request or handshake in progress now
	OverLimit   int64         // connections refused by a limit of the proxy
	Answers     map[int]int64 // upgrades answered by gateways, by status; 101 also for those accepted over HTTP/2
	Unanswered  int64         // upgrades that ended without an answer
}

// Stats returns the counts. It is safe for concurrent use.
func (p *Proxy) Stats() Stats {
	c := &p.stats
	c.mu.Lock()
	answers := maps.Clone(c.answers)
	c.mu.Unlock()
	return Stats{
		Connections: c.connections.Load(),
		Open:        c.open.Load(),
		Pending:     c.pending.Load(),
		OverLimit:   c.overLimit.Load(),
		Answers:     answers,
		Unanswered:  c.unanswered.Load(),
	}
}

type counters struct {
	connections, open, pending, overLimit, unanswered atomic.Int64

	mu      sync.Mutex
	answers map[int]int64 // at most 1,000 keys: a status has three digits
}

// answered counts an upgrade whose outcome is known.
func (c *counters) answered(u *capture.Upgrade) {
	status := u.Status
	switch {
	case status == 0:
		c.unanswered.Add(1)
		return
	case u.Outcome == capture.Accepted:
		status = http.StatusSwitchingProtocols
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.answers == nil {
		c.answers = map[int]int64{}
	}
	c.answers[status]++
}
