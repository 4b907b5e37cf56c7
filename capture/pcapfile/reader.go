package pcapfile

import (
	"encoding/binary"
	"errors"
	"io"
)

// Reader reads one capture from a stream. It is not safe for concurrent use.
type Reader struct {
	// OnSecrets is called with each Decryption Secrets Block as it comes; the
	// bytes are valid during the call. Nil: they are skipped.
	OnSecrets func(kind SecretsKind, b []byte)

	win    window
	format format
	stats  Stats
	unpack func()
}

// format reads one of the two file formats.
type format interface {
	next(r *Reader, p *Packet) error
}

// NewReader reads the head of a capture, unpacking it if need be. The error is
// [ErrFormat] if it is none, and io.EOF if the stream is empty.
func NewReader(r io.Reader) (*Reader, error) {
	plain, stop, err := unpack(r)
	if err != nil {
		return nil, err
	}
	pr := &Reader{win: newWindow(plain), unpack: stop}
	if pr.format, err = sniff(&pr.win); err != nil {
		stop()
		return nil, err
	}
	return pr, nil
}

// sniff tells the formats apart by their first four bytes.
func sniff(w *window) (format, error) {
	head, err := w.peek(4)
	if err == io.EOF {
		return nil, err
	}
	if err == io.ErrUnexpectedEOF {
		return nil, ErrFormat
	}
	if err != nil {
		return nil, &Error{Err: err}
	}
	if binary.LittleEndian.Uint32(head) == sectionBlock {
		return &ngFile{}, nil
	}
	for magic, variant := range variants {
		switch magic {
		case binary.LittleEndian.Uint32(head):
			return openPcap(w, variant, binary.LittleEndian)
		case binary.BigEndian.Uint32(head):
			return openPcap(w, variant, binary.BigEndian)
		}
	}
	return nil, ErrFormat
}

// Next fills p with the next packet. It returns io.EOF at the end of a whole file
// and an [*Error] where one is cut or damaged; every later call returns the same.
func (r *Reader) Next(p *Packet) error {
	if err := r.format.next(r, p); err != nil {
		if !errors.Is(err, io.EOF) {
			r.format = ended{err}
		}
		return err
	}
	r.stats.Packets++
	p.Number = r.stats.Packets
	if p.Time == 0 {
		r.stats.Untimed++
	}
	return nil
}

// ended is the state after an error.
type ended struct{ err error }

func (e ended) next(*Reader, *Packet) error { return e.err }

// Stats returns the counts so far.
func (r *Reader) Stats() Stats { return r.stats }

// Close frees what unpacking holds. It does not close the stream.
func (r *Reader) Close() { r.unpack() }
