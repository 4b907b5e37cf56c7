package proxy

import (
	"bytes"
	"net"
)

// socket is a TCP connection whose reads can be made not to wait, so that a TLS
// connection on it can be read without holding a buffer while nothing comes.
type socket struct {
	conn *net.TCPConn
	net.Conn
	closed func()  // called when it is closed, as often as it is; nil for none
	first  *[]byte // takes the first bytes written, and goes
	wire   *wire   // told of what is carried; nil for nobody
	poll   bool    // read from fd and do not wait; set and cleared by the reader
	fd     int
	direct direct
}

// newSocket wraps conn if it is TCP.
func newSocket(conn net.Conn) net.Conn {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return conn
	}
	s := &socket{conn: tcp, Conn: tcp}
	s.direct.init(tcp)
	return s
}

// Read implements [net.Conn]. While s.poll is set it returns errNothing rather than
// wait.
func (s *socket) Read(b []byte) (n int, err error) {
	if s.poll {
		n, err = pollRead(s.fd, b)
	} else {
		n, err = s.receive(b)
	}
	s.wire.read(b[:max(n, 0)], err)
	return n, err
}

// Write implements [net.Conn].
func (s *socket) Write(b []byte) (int, error) {
	if s.first != nil {
		*s.first = bytes.Clone(b)
		s.first = nil
	}
	s.wire.write(b)
	return s.send(b)
}

// Close implements [net.Conn].
func (s *socket) Close() error {
	if s.closed != nil {
		s.closed()
	}
	s.wire.close()
	return s.Conn.Close()
}

// CloseWrite sends a FIN.
func (s *socket) CloseWrite() error {
	s.wire.finish()
	return s.conn.CloseWrite()
}

// SetLinger with 0 makes Close send an RST.
func (s *socket) SetLinger(sec int) error {
	s.wire.linger(sec)
	return s.conn.SetLinger(sec)
}

// errNothing says that there is nothing to read yet. It is temporary, so that
// crypto/tls keeps the part of a record that it has and can be asked again.
var errNothing net.Error = nothing{}

type nothing struct{}

func (nothing) Error() string   { return "nothing to read yet" }
func (nothing) Timeout() bool   { return false }
func (nothing) Temporary() bool { return true }
