package http1

import "fmt"

// Body follows the body of a message through bytes that come in any pieces. It
// keeps none of them. The zero value is the body of a message without one.
type Body struct {
	kind Kind
	left int64 // bytes of payload still to come: of the body, or of the chunk

	state  chunkState
	digits int   // of the chunk size in progress
	extra  int   // bytes of extensions and trailers so far
	taken  int64 // bytes so far, for errors

	lenient bool
	bad     string
}

// extraLimit bounds what a chunked body may have beside payload and sizes, in bytes.
const extraLimit = 64 << 10

// NewBody returns the body of a message with that framing. Its length counts only
// if it is [Sized].
func NewBody(f Framing) Body {
	b := Body{kind: f.Kind}
	if f.Kind == Sized {
		b.left = f.Length
	}
	return b
}

// Next takes b up to and including the next run of payload. It returns that, a part
// of b without transfer coding, and how many bytes of b it took. It takes none
// once the body is done, and all of b if the body may go on; payload may be empty
// either way. After an error, which wraps [ErrFraming], nobody knows where the body
// ends, and each call returns that error.
func (b *Body) Next(p []byte) (payload []byte, n int, err error) {
	if b.bad == "" && b.kind == Chunked {
		n = b.frame(p)
	}
	if b.bad != "" {
		return nil, n, fmt.Errorf("chunked body: %w: byte %d: %s", ErrFraming, b.taken, b.bad)
	}
	size := b.payload(len(p) - n)
	b.taken += int64(size)
	return p[n : n+size], n + size, nil
}

// payload returns how many of the next bytes are payload, at most most, and counts
// them.
func (b *Body) payload(most int) int {
	switch {
	case b.kind == UntilClose:
		return most
	case b.kind == NoBody, b.kind == Chunked && b.state != chunkData:
		return 0
	}
	n := min(int64(most), b.left)
	if b.left -= n; b.left == 0 && b.kind == Chunked {
		b.state = chunkDataEnd
	}
	return int(n)
}

// Feed takes what b has of the body and returns how many bytes that is: all of b
// unless the body ends in it. Errors are as for [Body.Next].
func (b *Body) Feed(p []byte) (n int, err error) {
	for n < len(p) && !b.Done() {
		_, took, err := b.Next(p[n:])
		if n += took; err != nil {
			return n, err
		}
	}
	return n, nil
}

// Done reports whether the body is complete. One that lasts until the connection
// ends is never.
func (b *Body) Done() bool {
	switch b.kind {
	case Sized:
		return b.left == 0
	case Chunked:
		return b.state == chunksDone
	default:
		return b.kind == NoBody
	}
}

// Lenient reports whether the chunked coding so far was understood only by bending
// RFC 9112 §7.1: line ends without CR, or white space behind a size.
func (b *Body) Lenient() bool { return b.lenient }
