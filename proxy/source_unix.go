//go:build unix

package proxy

import (
	"crypto/tls"
	"io"
	"syscall"
)

// source reads an end of a tunnel and holds a buffer only while there are bytes: a
// silent socket costs none. It waits for the descriptor beneath and reads once that
// is readable, TLS included, with as many system calls as an ordinary read.
type source struct {
	end     end
	socket  *socket         // the end's descriptor; nil for one that has none (tests)
	raw     syscall.RawConn // of socket
	buf     *[]byte         // borrowed
	n       int             // bytes in buf
	err     error
	attempt func(fd uintptr) bool
	tls     *tls.Conn // of end, if its buffers are to shrink
}

func newSource(e end, keepBuffers bool) *source {
	s := &source{end: e, socket: e.socket()}
	if s.socket == nil {
		return s
	}
	var err error
	if s.raw, err = s.socket.conn.SyscallConn(); err != nil {
		s.socket = nil
	}
	s.attempt = s.try
	if !keepBuffers {
		s.tls, _ = e.Conn.(*tls.Conn)
	}
	return s
}

// next returns the next bytes, which stay valid up to free.
func (s *source) next() ([]byte, error) {
	s.n, s.err = 0, nil
	if s.socket == nil {
		s.buf = buffers.get()
		s.n, s.err = s.end.Read(*s.buf)
		return (*s.buf)[:s.n], s.err
	}
	if err := s.raw.Read(s.attempt); err != nil && s.err == nil {
		s.err = err // closed, or a deadline
	}
	if s.buf == nil {
		return nil, s.err
	}
	return (*s.buf)[:s.n], s.err
}

// try reads, and reports whether there was anything to read. Reads of the socket
// within it take fd and do not wait.
func (s *source) try(fd uintptr) bool {
	s.buf = buffers.get()
	s.socket.fd, s.socket.poll = int(fd), true
	s.n, s.err = s.end.Read(*s.buf)
	s.socket.poll = false
	if s.n > 0 || s.err != errNothing {
		return true
	}
	s.err = nil
	s.free()
	if s.tls != nil {
		shrink(s.tls) // a read that found nothing has left nothing
	}
	return false
}

// free gives the buffer back.
func (s *source) free() {
	if s.buf != nil {
		buffers.put(s.buf)
		s.buf = nil
	}
}

// pollRead reads what is there from a descriptor.
func pollRead(fd int, b []byte) (int, error) {
	for {
		n, err := readNow(fd, b)
		switch {
		case err == syscall.EINTR:
			continue
		case err == syscall.EAGAIN:
			return 0, errNothing
		case err != nil:
			return 0, err
		case n == 0 && len(b) > 0:
			return 0, io.EOF
		}
		return n, nil
	}
}
