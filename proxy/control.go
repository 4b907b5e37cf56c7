package proxy

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// control counts tunnels that go through unread for comparison, so that a refusal
// that only recorded clients get is noticed.
type control struct {
	turns, tunnels, brief atomic.Int64
}

// brief is how long a tunnel lasts at most whose upgrade was refused, as far as one
// can tell from outside.
const brief = 2 * time.Second

// isControl reports whether it is the next tunnel's turn.
func (p *Proxy) isControl() bool {
	n := int64(p.opt.DirectControl)
	return n > 0 && p.control.turns.Add(1)%n == 0
}

// direct tunnels a client's connection unread, for comparison.
func (p *Proxy) direct(ctx context.Context, c *client) {
	p.control.tunnels.Add(1)
	start := time.Now()
	c.onClose = func() {
		if time.Since(start) < brief {
			p.control.brief.Add(1)
		}
	}
	p.blind(ctx, c)
}

// conclude notes what the comparison came to.
func (c *control) conclude(p *Proxy) {
	tunnels, brief := c.tunnels.Load(), c.brief.Load()
	if tunnels == 0 {
		return
	}
	var answered, accepted int64
	for status, n := range p.Stats().Answers {
		if answered += n; status == 101 {
			accepted = n
		}
	}
	p.warn(fmt.Sprintf("direct control: %d tunnels went through unread, %d of them ended within 2 s as refused ones do; "+
		"of %d upgrades that were recorded %d were refused", tunnels, brief, answered, answered-accepted))
}
