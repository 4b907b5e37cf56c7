package proxy

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"why403/capture"
)

// observer measures what the proxy adds to handshakes: whoever reads the run has to
// know what comes from looking on.
type observer struct {
	mu   sync.Mutex
	took [4096]time.Duration // of the last answered upgrades
	n    int                 // upgrades so far
}

// see takes an upgrade whose answer has reached the client.
func (o *observer) see(u *capture.Upgrade) {
	if !u.Phases.Relayed.Seen() {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.took[o.n%len(o.took)] = added(&u.Phases)
	o.n++
}

// added is how much longer an upgrade took than without the proxy, as far as the
// proxy can tell: CONNECT and TLS with the client, and what lies between reading and
// writing of request and answer but for connecting to the gateway, which the client
// would have had to do.
func added(p *capture.Phases) (sum time.Duration) {
	span := func(from, to capture.Instant) time.Duration {
		if d, seen := capture.Since(from, to); seen {
			return d
		}
		return 0
	}
	sum = span(p.ConnectRead, p.ConnectAnswered) + span(p.ClientHello, p.ClientSecured) +
		span(p.RequestRead, p.RequestSent) + span(p.ResponseHead, p.Relayed)
	start := p.ResolveStart
	if !start.Seen() {
		start = p.Resolved
	}
	return max(0, sum-span(start, max(p.Dialed, p.Secured)))
}

// conclude notes what was measured.
func (o *observer) conclude(p *Proxy) {
	o.mu.Lock()
	defer o.mu.Unlock()
	took := slices.Clone(o.took[:min(o.n, len(o.took))])
	if len(took) == 0 {
		return
	}
	slices.Sort(took)
	text := fmt.Sprintf("the proxy added %s to each handshake (median; %s for one in a hundred)",
		milliseconds(took[len(took)/2]), milliseconds(took[len(took)*99/100]))
	p.sink.Put(capture.Note{At: p.clock.now(), Text: text})
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}
