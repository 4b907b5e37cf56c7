package proxy

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"syscall"

	"why403/capture"
)

// end is one end of a tunnel: a TCP connection, perhaps under TLS.
type end struct {
	net.Conn          // what is relayed: tcp or the TLS on it
	tcp      net.Conn // what is beneath
}

// finish says that nothing more will be written: close_notify if there is TLS, FIN.
func (e end) finish() {
	if conn, ok := e.Conn.(*tls.Conn); ok {
		conn.CloseWrite()
	}
	closeWrite(e.tcp)
}

// reset closes with an RST, so that what broke on one side breaks on the other.
func (e end) reset() {
	conn := e.tcp
	if c, ok := conn.(*client); ok {
		conn = c.Conn
	}
	if tcp, ok := conn.(interface{ SetLinger(sec int) error }); ok {
		tcp.SetLinger(0)
	}
	e.tcp.Close()
}

// socket returns the descriptor's holder, nil if it has none.
func (e end) socket() *socket {
	conn := e.tcp
	if c, ok := conn.(*client); ok {
		conn = c.Conn
	}
	s, _ := conn.(*socket)
	return s
}

// closeWrite sends a FIN.
func closeWrite(conn net.Conn) {
	if c, ok := conn.(*client); ok {
		conn = c.Conn
	}
	if tcp, ok := conn.(interface{ CloseWrite() error }); ok {
		tcp.CloseWrite()
	}
}

// discard reads until there is no more or a deadline passes.
func discard(conn net.Conn) {
	buf := buffers.get()
	defer buffers.put(buf)
	for {
		if _, err := conn.Read(*buf); err != nil {
			return
		}
	}
}

// ending says how a read or write that failed shows the other side to have ended,
// "" if it was this side that closed.
func ending(err error) capture.Ending {
	switch {
	case errors.Is(err, io.EOF):
		return capture.FIN
	case errors.Is(err, net.ErrClosed):
		return ""
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return capture.RST
	case isTimeout(err):
		return capture.Timeout
	default:
		return capture.Broken
	}
}
