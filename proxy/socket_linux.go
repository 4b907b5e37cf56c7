package proxy

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
)

// direct reads and writes a descriptor by system calls that Go's scheduler is not
// told of. They do not wait, since the descriptor is non-blocking, and end within some
// ten microseconds. Told of each, the scheduler has its monitor awake and hands
// processors to other threads and back, which was a quarter of the processor time of
// an echoed message.
type direct struct {
	raw     syscall.RawConn
	in, out transfer
	mu      sync.Mutex // held to write
}

// transfer is a read or a write in progress.
type transfer struct {
	b    []byte
	n    int
	err  error
	make func(fd uintptr) (done bool)
}

func (d *direct) init(conn *net.TCPConn) {
	d.raw, _ = conn.SyscallConn() // fails for nil only
	d.in.make, d.out.make = d.in.read, d.out.write
}

// receive is what Read of a net.Conn does.
func (s *socket) receive(b []byte) (int, error) {
	return s.transferred("read", b, &s.direct.in, s.direct.raw.Read)
}

// send is what Write of a net.Conn does.
func (s *socket) send(b []byte) (int, error) {
	s.direct.mu.Lock()
	defer s.direct.mu.Unlock()
	return s.transferred("write", b, &s.direct.out, s.direct.raw.Write)
}

// transferred makes a transfer of b by once, which calls what it is given as soon as
// the descriptor is ready and until that is done.
func (s *socket) transferred(name string, b []byte, t *transfer, once func(func(uintptr) bool) error) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	t.b, t.n, t.err = b, 0, nil
	err := once(t.make)
	t.b = nil
	switch op, ok := err.(*net.OpError); {
	case ok: // closed, or a deadline
		op.Op = name
	case err == nil && t.err == io.EOF:
		err = io.EOF
	case err == nil && t.err != nil:
		err = &net.OpError{Op: name, Net: "tcp", Source: s.LocalAddr(), Addr: s.RemoteAddr(), Err: os.NewSyscallError(name, t.err)}
	}
	return t.n, err
}

func (t *transfer) read(fd uintptr) (done bool) {
	t.n, t.err = pollRead(int(fd), t.b)
	return t.err != errNothing
}

func (t *transfer) write(fd uintptr) (done bool) {
	for t.n < len(t.b) {
		n, err := writeNow(int(fd), t.b[t.n:])
		switch err {
		case nil:
			t.n += n
		case syscall.EINTR:
		case syscall.EAGAIN:
			return false
		default:
			t.err = err
			return true
		}
	}
	return true
}
