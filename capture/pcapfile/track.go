package pcapfile

import (
	"io"
	"sync/atomic"

	"why403/capture"
)

// track is one file of a timeline.
type track struct {
	path string
	pipe bool // cannot be opened twice
	file io.Closer
	r    *Reader
	next Packet
	at   capture.Instant // of next, or of the packet before it if it has no time
}

func (tr *track) stop() {
	if tr.r != nil {
		tr.r.Close()
	}
	if tr.file != nil {
		tr.file.Close()
	}
	tr.r, tr.file = nil, nil
}

// counted counts what is read.
type counted struct {
	io.Reader
	n *atomic.Int64
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n.Add(int64(n))
	return n, err
}
