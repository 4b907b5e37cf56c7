package proxy

import (
	"context"
	"sync"
	"time"
)

// connSet holds the connections that shutdown has to end. It is as large as the
// descriptor limit allows.
type connSet struct {
	mu      sync.Mutex
	conns   map[*client]struct{}
	settled chan struct{} // closed once nothing is pending; nil until shutdown
	slots   chan struct{} // one for each connection that is open or about to be
}

// reserve takes a slot for a connection to come. If it has to wait for one, it
// calls full first. It returns false if ctx ends before.
func (s *connSet) reserve(ctx context.Context, full func()) bool {
	select {
	case s.slots <- struct{}{}:
		return true
	default:
		full()
	}
	select {
	case s.slots <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// free gives a slot back.
func (s *connSet) free() { <-s.slots }

func (s *connSet) add(c *client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conns == nil {
		s.conns = map[*client]struct{}{}
	}
	s.conns[c] = struct{}{}
}

func (s *connSet) remove(c *client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, open := s.conns[c]; open {
		delete(s.conns, c)
		s.free()
	}
}

// settle is called whenever no request or handshake is in progress.
func (s *connSet) settle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.settled != nil {
		close(s.settled)
		s.settled = nil
	}
}

// hold has shutdown wait for something: a handshake, a request, or an answer that is being
// passed on. release says that it is over.
func (p *Proxy) hold() { p.stats.pending.Add(1) }

func (p *Proxy) release() {
	if p.stats.pending.Add(-1) == 0 {
		p.conns.settle()
	}
}

// shutdown lets what is pending finish within a grace and ends the rest.
func (p *Proxy) shutdown() {
	settled := make(chan struct{})
	p.conns.mu.Lock()
	p.conns.settled = settled
	p.conns.mu.Unlock()
	if p.stats.pending.Load() == 0 {
		p.conns.settle()
	}
	grace := time.NewTimer(p.limits.ShutdownGrace)
	defer grace.Stop()
	select {
	case <-settled:
	case <-grace.C:
	}
	p.conns.end()
}

// end ends every connection, several at a time: a close_notify waits for a client
// that does not read.
func (s *connSet) end() {
	const atOnce = 64
	s.mu.Lock()
	queue := make(chan *client, len(s.conns))
	for c := range s.conns {
		queue <- c
	}
	s.mu.Unlock()
	close(queue)
	var enders sync.WaitGroup
	for range min(atOnce, len(queue)) {
		enders.Go(func() {
			for c := range queue {
				c.shutdown()
			}
		})
	}
	enders.Wait()
}
