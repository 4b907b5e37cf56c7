package pcapfile

import "io"

// windowSize is how much is read at once. Measured against mapping the file into
// memory: twice as fast, and it works for pipes.
const windowSize = 1 << 20

// window is a view of a stream that moves forward and grows only with the bytes
// that arrive.
type window struct {
	r          io.Reader
	buf        []byte
	start, end int   // of what has been read and not been passed
	base       int64 // offset of buf[0] in the stream
	err        error // why r ended
}

func newWindow(r io.Reader) window { return window{r: r, buf: make([]byte, windowSize)} }

// offset of the next byte in the stream.
func (w *window) offset() int64 { return w.base + int64(w.start) }

// peek returns the next n bytes, valid until the next peek. If the stream ends
// before them it returns those that there are and io.ErrUnexpectedEOF, or io.EOF
// if there are none.
func (w *window) peek(n int) ([]byte, error) {
	if w.end-w.start >= n {
		return w.buf[w.start : w.start+n], nil
	}
	return w.fill(n)
}

func (w *window) fill(n int) ([]byte, error) {
	copy(w.buf, w.buf[w.start:w.end])
	w.base += int64(w.start)
	w.start, w.end = 0, w.end-w.start
	for w.end < n && w.err == nil {
		if w.end == len(w.buf) {
			w.buf = append(w.buf, make([]byte, min(len(w.buf), MaxBlock))...)
		}
		var got int
		got, w.err = w.r.Read(w.buf[w.end:])
		w.end += got
	}
	switch {
	case w.end >= n:
		return w.buf[:n], nil
	case w.err != io.EOF:
		return w.buf[:w.end], w.err
	case w.end > 0:
		return w.buf[:w.end], io.ErrUnexpectedEOF
	}
	return nil, io.EOF
}

// pass moves n bytes forward that peek has shown.
func (w *window) pass(n int) { w.start += n }

// skip moves n bytes forward, seen or not.
func (w *window) skip(n int) error {
	for n > 0 {
		step := min(n, windowSize)
		have, err := w.peek(step)
		if err != nil {
			w.pass(len(have))
			return err
		}
		w.pass(step)
		n -= step
	}
	return nil
}
