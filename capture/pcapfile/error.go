package pcapfile

import (
	"errors"
	"fmt"
	"io"
)

// Error says where and why a capture could not be read further. What was read
// before it stands.
type Error struct {
	Offset int64 // in the unpacked file
	Err    error
}

func (e *Error) Error() string { return fmt.Sprintf("at byte %d: %v", e.Offset, e.Err) }

// Unwrap returns the cause: [ErrTruncated] if the file ends too early.
func (e *Error) Unwrap() error { return e.Err }

// ErrTruncated says that a file ends within a packet or block.
var ErrTruncated = errors.New("capture is cut short")

// ErrFormat says that a file is no capture at all.
var ErrFormat = errors.New("neither pcap nor pcapng")

func damaged(offset int64, format string, args ...any) error {
	return &Error{Offset: offset, Err: fmt.Errorf(format, args...)}
}

// cut turns the end of the input within what into an Error; other causes (a
// broken gzip stream, a disk) keep their words.
func cut(offset int64, what string, have, want int, err error) error {
	if err == io.ErrUnexpectedEOF || err == io.EOF {
		err = fmt.Errorf("%w: %d of %d bytes of %s", ErrTruncated, have, want, what)
	}
	return &Error{Offset: offset, Err: err}
}
