package proxy

import (
	"net"
	"sync"
	"sync/atomic"
	"time"

	"why403/capture"
	"why403/capture/dissect"
)

// tunnel is a client's connection and the one to the gateway that belongs to it.
//
// One goroutine runs each direction. Each ends by calling [tunnel.done] and the
// last of them closes everything, so that no goroutine waits for another.
type tunnel struct {
	p      *Proxy
	c      *client
	tap    *tap
	client end
	server end // its Conn is nil until the first request

	clientTLS, serverTLS *capture.TLS
	phases               capture.Phases // of the connection's opening
	opened               bool           // a request has gone out, so the phases are in the record

	live     atomic.Int32 // directions that run
	upgraded atomic.Bool  // bytes are relayed as they come from here on
	blind    bool         // set before the second direction starts: never look at the bytes

	mu       sync.Mutex
	draining [2]bool // by direction: its reads have their last deadline
	stopped  bool    // the proxy ended it
}

func (p *Proxy) newTunnel(c *client, cl end) *tunnel {
	t := &tunnel{p: p, c: c, client: cl, tap: p.newTap(c.scheme, c.target)}
	t.live.Store(1)
	return t
}

// from and to are where bytes of a direction come from and go to.
func (t *tunnel) from(dir dissect.Dir) end {
	if dir == dissect.FromClient {
		return t.client
	}
	return t.server
}

func (t *tunnel) to(dir dissect.Dir) end { return t.from(other(dir)) }

func other(dir dissect.Dir) dissect.Dir {
	if dir == dissect.FromClient {
		return dissect.FromServer
	}
	return dissect.FromClient
}

// within gives reads of a direction a deadline, none for 0, unless they have their
// last one.
func (t *tunnel) within(dir dissect.Dir, d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.draining[dir] {
		return
	}
	var at time.Time
	if d > 0 {
		at = time.Now().Add(d)
	}
	t.from(dir).SetReadDeadline(at)
}

// drain gives a direction its last deadline: the other one has ended.
func (t *tunnel) drain(dir dissect.Dir, d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.draining[dir] {
		return
	}
	t.draining[dir] = true
	if t.from(dir).Conn == nil {
		return
	}
	at := time.Now().Add(d)
	t.from(dir).SetReadDeadline(at)
	t.to(dir).SetWriteDeadline(at)
}

// readFailed deals with the end of what a direction reads.
func (t *tunnel) readFailed(dir dissect.Dir, err error) {
	how := ending(err)
	switch how {
	case "": // closed on this side
	case capture.FIN:
		t.tap.end(dir, how)
		if t.live.Load() == 1 {
			return // closing sends it
		}
		t.to(dir).finish()
		t.drain(other(dir), t.p.limits.Drain)
	case capture.Timeout:
		t.tap.close(how)
		t.close()
	default:
		refusal := dir == dissect.FromClient && t.tap.state().answering
		t.tap.end(dir, how)
		if refusal {
			t.drain(dissect.FromServer, t.p.limits.RefusalBody)
		} else {
			t.to(dir).reset()
		}
	}
}

// writeFailed deals with a receiver that is gone.
func (t *tunnel) writeFailed(dir dissect.Dir, err error) {
	how := ending(err)
	if how == "" {
		return
	}
	if dir == dissect.FromClient {
		// The gateway may have answered before it closed: that comes first.
		t.drain(dissect.FromServer, t.p.limits.Drain)
		t.drain(dissect.FromClient, t.p.limits.Drain)
		discard(t.client)
		return
	}
	refusal := t.tap.state().answering
	t.tap.end(dissect.FromClient, how)
	if !refusal {
		t.server.reset()
		return
	}
	t.drain(dissect.FromServer, t.p.limits.RefusalBody)
	t.readRefusal()
}

// readRefusal reads the rest of an answer for the record alone: JMeter closes as
// soon as it has the status line, and the body says why.
func (t *tunnel) readRefusal() {
	buf := buffers.get()
	defer buffers.put(buf)
	for {
		n, err := t.server.Read(*buf)
		if n > 0 && t.tap.data(dissect.FromServer, t.p.clock.now(), (*buf)[:n]).answered {
			t.tap.flush(dissect.FromServer)
			return
		}
		if err != nil {
			t.readFailed(dissect.FromServer, err)
			return
		}
	}
}

// done ends a direction; the last to end closes the tunnel.
func (t *tunnel) done() {
	if t.live.Add(-1) > 0 {
		return
	}
	t.tap.close(capture.FIN)
	t.close()
	t.c.leave()
	t.c.Close()
}

// close closes both connections, which ends both directions.
func (t *tunnel) close() {
	t.client.Close()
	if t.server.Conn != nil {
		t.server.Close()
	}
}

// shutdown ends the tunnel because the proxy stops.
func (t *tunnel) shutdown() {
	t.mu.Lock()
	t.stopped = true
	server := t.server.Conn
	t.mu.Unlock()
	t.tap.flush(dissect.FromClient)
	t.tap.close(capture.Shutdown)
	t.client.Close()
	if server != nil {
		server.Close()
	}
}

// reached makes conn the gateway's end, unless the proxy ended the tunnel
// meanwhile.
func (t *tunnel) reached(server end) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped {
		server.Close()
		return net.ErrClosed
	}
	t.server = server
	return nil
}
