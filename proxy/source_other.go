//go:build !unix

package proxy

// source reads an end of a tunnel.
type source struct {
	end end
	buf [4 << 10]byte
}

func newSource(e end, _ bool) *source { return &source{end: e} }

// next returns the next bytes, which stay valid up to the next call.
func (s *source) next() ([]byte, error) {
	n, err := s.end.Read(s.buf[:])
	return s.buf[:n], err
}

func (s *source) free() {}

func pollRead(int, []byte) (int, error) { return 0, errNothing }
