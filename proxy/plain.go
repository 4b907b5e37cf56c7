package proxy

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"sync"

	"why403/capture"
	"why403/capture/http1"
)

// plainClient is a client whose requests goproxy serves. It keeps the last bytes
// read, in which the head of an upgrade can be found as it was sent, and has a
// transport of its own, so that no two clients share a connection to a gateway.
type plainClient struct {
	*client
	transport *http.Transport

	mu       sync.Mutex
	recent   []byte                 // the last bytes read, at least a head's
	line     string                 // the request line in progress
	upstream map[*recorded]struct{} // open connections to gateways
	closed   bool                   // or diverted
	left     sync.Once
}

func (f *forward) newPlainClient(c *client) *plainClient {
	pc := &plainClient{client: c}
	c.p.running.Add(1)
	pc.transport = &http.Transport{
		DialContext:           pc.dial,
		MaxConnsPerHost:       1,
		DisableCompression:    true,
		ResponseHeaderTimeout: c.p.limits.Answer,
		IdleConnTimeout:       c.p.limits.Idle,
		Proxy:                 nil, // not even from the environment
	}
	return pc
}

// Read implements [net.Conn].
func (c *plainClient) Read(b []byte) (int, error) {
	n, err := c.client.Read(b)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.recent = append(c.recent, b[:n]...)
	if limit := c.p.limits.Head; len(c.recent) > 2*limit {
		c.recent = append(c.recent[:0], c.recent[len(c.recent)-limit:]...)
	}
	return n, err
}

// forget drops the bytes of requests that are over. What the server has read ahead
// of the next one fits in its buffer of 4 KiB.
func (c *plainClient) forget() {
	const ahead = 4 << 10
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.recent); n > ahead {
		c.recent = bytes.Clone(c.recent[n-ahead:])
	}
}

// begin notes the request that the server has read. The next one comes after its
// end.
func (c *plainClient) begin(r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.line = r.Method + " " + r.RequestURI + " " + r.Proto
}

// head returns the head in progress as it was sent, nil if it is gone.
func (c *plainClient) head() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	start := bytes.LastIndex(c.recent, []byte(c.line))
	if start < 0 {
		return nil
	}
	end, complete := http1.HeadEnd(c.recent[start:])
	if !complete {
		return nil
	}
	return bytes.Clone(c.recent[start : start+end])
}

// reclaim returns the client, with rest, what the server had read behind the last
// head, to be read again.
func (c *plainClient) reclaim(rest []byte) *client {
	c.release()
	c.client.unread = append(bytes.Clone(rest), c.client.unread...)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.recent = nil
	return c.client
}

// Close closes the client's connection and those to gateways.
func (c *plainClient) Close() error {
	c.release()
	defer c.leave()
	return c.client.Close()
}

// leave says that goproxy has nothing more to do for the client.
func (c *plainClient) leave() { c.left.Do(c.p.running.Done) }

// release closes the connections to gateways.
func (c *plainClient) release() {
	c.mu.Lock()
	upstream := c.upstream
	c.upstream, c.closed = nil, true
	c.mu.Unlock()
	for conn := range upstream {
		conn.Close()
	}
	c.transport.CloseIdleConnections()
}

// dial connects to a gateway, and records the connection if it is to one of the
// hosts that are.
func (c *plainClient) dial(ctx context.Context, _, target string) (net.Conn, error) {
	host, _, _ := net.SplitHostPort(target)
	conn := &recorded{c: c, phases: c.phases, tap: c.p.newTap("http", target)}
	c.phases = capture.Phases{} // of the client's first request only
	if !c.p.decrypts(host) {
		c.p.losses.add(capture.LostBlind, host+": not among the hosts to decrypt")
		conn.tap.mute()
	}
	var err error
	if conn.Conn, err = c.p.dial(ctx, target, &conn.phases); err != nil {
		c.recordUnreached(conn, target, err)
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		conn.Conn.Close()
		return nil, net.ErrClosed
	}
	if c.upstream == nil {
		c.upstream = map[*recorded]struct{}{}
	}
	c.upstream[conn] = struct{}{}
	return conn, nil
}
