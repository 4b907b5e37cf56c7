package pcapfile

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// zstdWindow is the most memory that a zstd stream may ask to look back on, 128
// MiB: what the zstd command accepts without --long.
const zstdWindow = 128 << 20

// unpack returns r unpacked if it is packed with gzip or zstd, and a function that
// frees what that takes.
func unpack(r io.Reader) (io.Reader, func(), error) {
	br := bufio.NewReaderSize(r, 64<<10)
	head, err := br.Peek(4)
	if err != nil && err != io.EOF {
		return nil, nil, &Error{Err: err}
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		zr, err := gzip.NewReader(br)
		if err != nil {
			return nil, nil, &Error{Err: fmt.Errorf("gzip: %w", err)}
		}
		return zr, func() { zr.Close() }, nil
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		zr, err := zstd.NewReader(br, zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderConcurrency(2))
		if err != nil {
			return nil, nil, &Error{Err: fmt.Errorf("zstd: %w", err)}
		}
		return zr, zr.Close, nil
	}
	return &prefixed{head: buffered(br), r: r}, func() {}, nil
}

// prefixed reads what was looked at and then the stream itself, so that plain files
// pass through no second buffer.
type prefixed struct {
	head []byte
	r    io.Reader
}

func (p *prefixed) Read(b []byte) (int, error) {
	if len(p.head) > 0 {
		n := copy(b, p.head)
		p.head = p.head[n:]
		return n, nil
	}
	return p.r.Read(b)
}

// buffered returns what br has buffered.
func buffered(br *bufio.Reader) []byte {
	b, _ := br.Peek(br.Buffered())
	return b
}
