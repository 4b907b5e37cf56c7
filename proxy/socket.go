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
	poll   bool    // read from fd and do not wait; set and cleared by the reader
	fd     int
}

// newSocket wraps conn if it is TCP.
func newSocket(conn net.Conn) net.Conn {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return conn
	}
	return &socket{conn: tcp, Conn: tcp}
}

// Read implements [net.Conn]. While s.poll is set it returns errNothing rather than
// wait.
func (s *socket) Read(b []byte) (int, error) {
	if s.poll {
		return pollRead(s.fd, b)
	}
	return s.Conn.Read(b)
}

// Write implements [net.Conn].
func (s *socket) Write(b []byte) (int, error) {
	if s.first != nil {
		*s.first = bytes.Clone(b)
		s.first = nil
	}
	return s.Conn.Write(b)
}

// Close implements [net.Conn].
func (s *socket) Close() error {
	if s.closed != nil {
		s.closed()
	}
	return s.Conn.Close()
}

func (s *socket) CloseWrite() error       { return s.conn.CloseWrite() }
func (s *socket) SetLinger(sec int) error { return s.conn.SetLinger(sec) }

// errNothing says that there is nothing to read yet. It is temporary, so that
// crypto/tls keeps the part of a record that it has and can be asked again.
var errNothing net.Error = nothing{}

type nothing struct{}

func (nothing) Error() string   { return "nothing to read yet" }
func (nothing) Timeout() bool   { return false }
func (nothing) Temporary() bool { return true }
