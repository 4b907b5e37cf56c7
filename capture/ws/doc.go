// Package ws reads WebSockets from beside them (RFC 6455): what is odd about an
// opening handshake (§4), and what frame headers tell (§5.2) while payloads are
// skipped by count.
//
// A [Parser] follows one direction. It copies a payload only where the record needs
// it: the beginning of the first text message, and the body of a Close frame. Pings
// are matched with pongs by a hash of their payload ([Pings]). Nothing here does
// I/O, and errors and oddities never quote the bytes they are about.
package ws

import "fmt"

// Error says that a frame header cannot be one, and where it begins.
type Error struct {
	Offset  int64 // of the frame in its direction, from 0
	Problem string
}

func (e *Error) Error() string {
	return fmt.Sprintf("read frame: byte %d: %s", e.Offset, e.Problem)
}
