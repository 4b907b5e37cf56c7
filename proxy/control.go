package proxy

import (
	"context"
	"fmt"
	"math"
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
	p.warn(controlNote(tunnels, brief, answered, answered-accepted))
}

// unlikely is a probability from which on chance is not believed to be the reason.
const unlikely = 0.01

// controlNote says what tunnels without the proxy's look, some of them brief, and
// recorded upgrades, some of them refused, say of each other. A tunnel may be brief
// for other reasons, so that fewer of them tell something, and more do not.
func controlNote(tunnels, brief, answered, refused int64) string {
	text := fmt.Sprintf("direct control: %d tunnels went through unread, %d of them ended within 2 s as refused ones do; "+
		"of %d upgrades that were recorded %d were refused", tunnels, brief, answered, refused)
	if chance := atMost(brief, tunnels, brief+refused, tunnels+answered); chance < unlikely {
		text += fmt.Sprintf(". That hardly happens by chance (p = %.1g): the gateway seems to refuse clients for coming through "+
			"this proxy, by its TLS fingerprint or address perhaps, so these refusals may not be those that it gives without", chance)
	}
	return text
}

// atMost is the probability that of n drawn from total, of which marked are marked, at
// most k are: the lower tail of the hypergeometric distribution.
func atMost(k, n, marked, total int64) (p float64) {
	for i := max(0, n+marked-total); i <= min(k, n, marked); i++ {
		p += math.Exp(logChoose(marked, i) + logChoose(total-marked, n-i) - logChoose(total, n))
	}
	return p
}

// logChoose is the logarithm of the binomial coefficient.
func logChoose(n, k int64) float64 {
	factorial := func(n int64) float64 {
		v, _ := math.Lgamma(float64(n + 1))
		return v
	}
	return factorial(n) - factorial(k) - factorial(n-k)
}
