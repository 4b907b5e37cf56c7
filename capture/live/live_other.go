//go:build !linux

package live

import (
	"errors"
	"io"

	"why403/capture/pcapfile"
)

// Source is a capture in progress.
type Source struct{}

// Open begins a capture of interfaces, or of all if [Any] is among their names, on Linux.
func Open([]string, Options) (*Source, error) {
	return nil, errors.New("capturing from an interface works on Linux only; capture with tcpdump or dumpcap, and read the file")
}

// Next fills p with the next packet.
func (s *Source) Next(*pcapfile.Packet) error { return io.EOF }

// Dropped returns how many packets were lost.
func (s *Source) Dropped() int64 { return 0 }

// Close ends the capture.
func (s *Source) Close() {}
