package proxy

import (
	"net"

	"why403/capture"
	"why403/capture/dissect"
	"why403/capture/http1"
)

// recordUnreached records the request that could not be sent.
func (c *plainClient) recordUnreached(conn *recorded, target string, err error) {
	head := c.head()
	if head == nil {
		return
	}
	edited, _ := http1.Edit(head, http1.EditOptions{})
	conn.tap.request(c.p.clock.now(), edited, conn.facts)
	_, why := unreached(target, err)
	conn.tap.fail(capture.Unreached, why)
	conn.tap.close(capture.FIN)
}

// recorded is a connection to a gateway that shows its bytes to a tap.
type recorded struct {
	net.Conn
	c      *plainClient
	tap    *tap
	phases capture.Phases
}

// Read implements [net.Conn].
func (c *recorded) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.tap.data(dissect.FromServer, c.c.p.clock.now(), b[:n])
		c.tap.flush(dissect.FromServer)
	}
	if err != nil {
		if how := ending(err); how != "" {
			c.tap.end(dissect.FromServer, how)
		}
	}
	return n, err
}

// Write implements [net.Conn].
func (c *recorded) Write(b []byte) (int, error) {
	at := c.c.p.clock.now()
	if c.tap.state().answered {
		c.tap.request(at, b, c.facts)
		c.phases = capture.Phases{}
	} else {
		c.tap.data(dissect.FromClient, at, b)
	}
	n, err := c.Conn.Write(b)
	c.tap.flush(dissect.FromClient)
	return n, err
}

// Close implements [net.Conn].
func (c *recorded) Close() error {
	c.c.mu.Lock()
	delete(c.c.upstream, c)
	c.c.mu.Unlock()
	err := c.Conn.Close()
	c.tap.end(dissect.FromClient, capture.FIN)
	c.tap.close(capture.FIN)
	return err
}

// facts adds what the bytes do not show.
func (c *recorded) facts(u *capture.Upgrade) {
	u.Client = addrPort(c.c.RemoteAddr())
	if c.Conn != nil {
		u.Source, u.Server = addrPort(c.LocalAddr()), addrPort(c.RemoteAddr())
	}
	open(&u.Phases, c.phases)
}
