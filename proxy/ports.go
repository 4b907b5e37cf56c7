package proxy

import (
	"fmt"
	"net/netip"
	"sync"

	"why403/capture"
)

// ports counts connections to each address of a gateway. Each takes a port of one of
// this machine's addresses, and a machine has some 28,000 of them for one address at
// the other end.
type ports struct {
	p        *Proxy
	capacity int // towards one address, 0 if not known

	mu   sync.Mutex
	open map[netip.AddrPort]int
	told map[netip.AddrPort]bool
}

// take counts a connection, and says so when there is room for few more.
func (s *ports) take(to netip.AddrPort) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open, s.told = map[netip.AddrPort]int{}, map[netip.AddrPort]bool{}
	}
	s.open[to]++
	if n := s.open[to]; s.capacity > 0 && n >= s.capacity-s.capacity/10 && !s.told[to] {
		s.told[to] = true
		s.p.warn(fmt.Sprintf("%d of the %d local ports towards %s are in use: beyond them connections fail for the "+
			"machine's sake, not the gateway's; give the proxy more addresses with --source", n, s.capacity, to))
	}
}

// free counts a connection as closed.
func (s *ports) free(to netip.AddrPort) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[to]--; s.open[to] <= 0 {
		delete(s.open, to)
	}
}

// warn puts something noteworthy into the run and the log.
func (p *Proxy) warn(text string) {
	p.sink.Put(capture.Note{At: p.clock.now(), Text: text})
	p.opt.Log.Warn().Msg(text)
}
