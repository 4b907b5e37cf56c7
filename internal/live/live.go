// Package live shows a recording while it is made: a page with open sockets,
// upgrades and refusals on one time axis, the verdict so far and the last refusals,
// and /metrics for Prometheus.
//
// It never stands in the way of traffic. [Page.Observe] takes a lock for some
// nanoseconds; a second goroutine samples counters; browsers pull what they have
// not seen yet, so that a slow one skips and holds nothing up. Everything kept is
// bounded: the history halves its resolution when full ([series]), refusals are
// the last few, and the analysis runs for at most a twentieth of one core.
package live

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"why403/analysis"
	"why403/capture"
	"why403/proxy"
)

// Source is what a page shows. Stats is required.
type Source struct {
	Stats func() proxy.Stats
	// Explain concludes from what was recorded so far; nil for a page without
	// verdict. It is called from one goroutine, and only while somebody looks.
	Explain func() (*analysis.Findings, error)
	Title   string // what is being recorded, for people
}

// Page is the live page of one recording. Make one with [New], run it with
// [Page.Serve].
type Page struct {
	source  Source
	started time.Time
	metrics *metrics

	mu       sync.Mutex
	series   series
	refusals refusals
	verdict  verdict
	changed  chan struct{} // closed and replaced when something is new
	viewers  int
}

// New returns a page that has seen nothing yet.
func New(source Source) *Page {
	return &Page{
		source:  source,
		started: time.Now(),
		metrics: newMetrics(source.Stats),
		series:  newSeries(source.Stats()),
		changed: make(chan struct{}),
	}
}

// Observe takes an attempt whose outcome has just become known. It is safe for
// concurrent use and does not wait.
func (p *Page) Observe(u *capture.Upgrade) {
	p.metrics.observe(u)
	if u.Outcome != capture.Refused {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refusals.add(u)
}

// Serve answers on ln until ctx ends, and returns when all it started has ended.
func (p *Page) Serve(ctx context.Context, ln net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	server := &http.Server{
		Handler:           p.handler(ln.Addr()),
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	var background sync.WaitGroup
	background.Go(func() { p.sample(ctx) })
	background.Go(func() { p.explain(ctx) })
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	err := server.Serve(ln)
	cancel()
	background.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// sample adds a point to the history every second.
func (p *Page) sample(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			p.mu.Lock()
			p.series.add(now.Sub(p.started), p.source.Stats())
			p.mu.Unlock()
			p.wake()
		}
	}
}

// wake tells whoever waits that something is new.
func (p *Page) wake() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.changed)
	p.changed = make(chan struct{})
}
