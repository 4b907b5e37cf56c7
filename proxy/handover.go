package proxy

import (
	"errors"
	"net"
	"sync"
)

// handover is a listener whose connections come from elsewhere.
type handover struct {
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

// give passes a connection on, and reports whether somebody took it.
func (h *handover) give(conn net.Conn) bool {
	select {
	case h.conns <- conn:
		return true
	case <-h.closed:
		return false
	}
}

var errHandoverClosed = errors.New("handover closed")

func (h *handover) Accept() (net.Conn, error) {
	select {
	case conn := <-h.conns:
		return conn, nil
	case <-h.closed:
		return nil, errHandoverClosed
	}
}

func (h *handover) Close() error {
	h.once.Do(func() { close(h.closed) })
	return nil
}

func (h *handover) Addr() net.Addr { return &net.TCPAddr{} }
