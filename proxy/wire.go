package proxy

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"sync/atomic"
	"syscall"
)

// Wire takes a copy of what a TCP connection carries, as it is on the wire. It must
// be safe for concurrent use, must not block, and keeps no reference to bytes.
type Wire interface {
	Carry(fromClient bool, b []byte)
	End(fromClient bool)   // FIN
	Break(fromClient bool) // RST
}

// wire tells a [Wire] of what a socket does. Nil tells nobody.
type wire struct {
	to       Wire
	accepted bool        // from a client; else it is the proxy who is the client
	reset    atomic.Bool // closing will send RST
}

// wired makes conn tell what it carries, if anybody wants to know.
func (p *Proxy) wired(conn net.Conn, accepted bool) net.Conn {
	s, ok := conn.(*socket)
	if !ok || p.opt.Wires == nil {
		return conn
	}
	client, server := addrPort(s.LocalAddr()), addrPort(s.RemoteAddr())
	if accepted {
		client, server = server, client
	}
	s.wire = &wire{to: p.opt.Wires(client, server), accepted: accepted}
	return s
}

// WireSource begins a [Wire] between two sockets.
type WireSource func(client, server netip.AddrPort) Wire

// read takes what a read of the socket gave.
func (w *wire) read(b []byte, err error) {
	if w == nil {
		return
	}
	if len(b) > 0 {
		w.to.Carry(w.accepted, b)
	}
	switch {
	case errors.Is(err, io.EOF):
		w.to.End(w.accepted)
	case errors.Is(err, syscall.ECONNRESET):
		w.to.Break(w.accepted)
	}
}

// write takes what is about to be written: told later, it could come behind its
// answer.
func (w *wire) write(b []byte) {
	if w != nil && len(b) > 0 {
		w.to.Carry(!w.accepted, b)
	}
}

func (w *wire) finish() {
	if w != nil {
		w.to.End(!w.accepted)
	}
}

func (w *wire) linger(sec int) {
	if w != nil {
		w.reset.Store(sec == 0)
	}
}

func (w *wire) close() {
	switch {
	case w == nil:
	case w.reset.Load():
		w.to.Break(!w.accepted)
	default:
		w.to.End(!w.accepted)
	}
}
