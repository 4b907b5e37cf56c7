package proxy

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"why403/capture"
	"why403/capture/http1"
)

// client is a load tool's TCP connection from accept to its end.
type client struct {
	net.Conn
	p        *Proxy
	unread   []byte          // read ahead of need; Read gives it first
	phases   capture.Phases  // of the connection's opening
	target   string          // host:port of the gateway, as CONNECT asked for it
	scheme   string          // spoken with the gateway, "http" or "https"; "" is not known
	upstream *Upstream       // of a reverse proxy, nil for others
	hello    hello           // set by the TLS handshake
	resumed  bool            // the client resumed a TLS session
	meet     func() *gateway // connects to the gateway while the client's handshake waits
	early    *gateway        // what came of it, until the tunnel has it; nil if nothing did

	mu     sync.Mutex
	busy   bool // a handshake or request is in progress
	closed bool
	stop   func() // how shutdown ends it, once more than closing is needed
	ended  bool   // by shutdown

	onClose func() // nil for nothing; set before the connection is relayed
}

// hello is what the gateway's ClientHello is modelled on.
type hello struct {
	name string   // server name sent, "" if none
	alpn []string // protocols offered
}

func (p *Proxy) newClient(conn net.Conn) *client {
	c := &client{Conn: p.wired(newSocket(conn), true), p: p}
	c.phases.Accepted = p.clock.now()
	c.setBusy(true)
	p.conns.add(c)
	return c
}

// Read implements [net.Conn].
func (c *client) Read(b []byte) (int, error) {
	if len(c.unread) == 0 {
		return c.Conn.Read(b)
	}
	n := copy(b, c.unread)
	if c.unread = c.unread[n:]; len(c.unread) == 0 {
		c.unread = nil
	}
	return n, nil
}

// peek reads at least one byte and leaves it unread.
func (c *client) peek() (byte, error) {
	if len(c.unread) == 0 {
		buf := make([]byte, 1024) // a ClientHello fits
		n, err := c.Conn.Read(buf)
		if n == 0 {
			return 0, err
		}
		c.unread = buf[:n]
	}
	return c.unread[0], nil
}

var errHeadTooLarge = errors.New("request head too large")

// readHead reads up to the end of the first request head; what follows stays
// unread. On an error it returns what there was.
func (c *client) readHead(within time.Duration) ([]byte, error) {
	c.SetReadDeadline(time.Now().Add(within))
	defer c.SetReadDeadline(time.Time{})
	var head []byte
	scan := http1.Scanner{Limit: c.p.limits.Head}
	buf := buffers.get()
	defer buffers.put(buf)
	for {
		n, err := c.Read(*buf)
		end, complete, serr := scan.Scan((*buf)[:n])
		head = append(head, (*buf)[:end]...)
		switch {
		case serr != nil:
			return head, errHeadTooLarge
		case complete:
			c.unread = append(bytes.Clone((*buf)[end:n]), c.unread...)
			return head, nil
		case err != nil:
			return head, err
		}
	}
}

// speak sets the scheme spoken with the gateway: the client's own, unless the
// upstream of a reverse proxy has another.
func (c *client) speak(scheme string) {
	c.scheme = scheme
	if c.upstream != nil {
		c.scheme = c.upstream.scheme()
	}
}

// setBusy says whether a handshake or request is in progress.
func (c *client) setBusy(busy bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy == busy || c.closed {
		return
	}
	c.busy = busy
	if busy {
		c.p.hold()
	} else {
		c.p.release()
	}
}

// onShutdown sets what ends the connection when the proxy stops, and reports
// whether it is still alive.
func (c *client) onShutdown(stop func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stop = stop
	return !c.ended
}

// shutdown ends the connection because the proxy stops.
func (c *client) shutdown() {
	c.mu.Lock()
	stop := c.stop
	c.ended = true
	c.mu.Unlock()
	if stop != nil {
		stop()
	} else {
		c.Conn.Close()
	}
}

// Close closes the connection and forgets it.
func (c *client) Close() error {
	c.setBusy(false)
	c.mu.Lock()
	if c.onClose != nil && !c.closed {
		c.onClose()
	}
	c.closed = true
	c.mu.Unlock()
	c.p.conns.remove(c)
	return c.Conn.Close()
}

// addrPort is a's IP address and port, the zero value for anything else.
func addrPort(a net.Addr) netip.AddrPort {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	ap := tcp.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}
