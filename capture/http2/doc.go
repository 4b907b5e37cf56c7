// Package http2 reads HTTP/2 connections from beside them (RFC 9113): header blocks,
// data, and what ends streams.
//
// A [Reader] follows one direction through bytes that come in any pieces. It keeps a
// header block until it is complete and nothing of data. Field compression (RFC 7541)
// is golang.org/x/net/http2/hpack's; frames are read here rather than by that
// module's Framer, which reads from a connection, keeps whole data frames, and drops
// header blocks that are odd: for an onlooker the oddity may be the cause.
//
// [Head] writes a header block the way HTTP/1.1 would have sent it, so that records
// of both look alike. Nothing here does I/O, and errors never quote the bytes they
// are about.
package http2

import "fmt"

// Preface is what a client's direction begins with (RFC 9113 §3.4).
const Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// Error says why a direction cannot be followed any more, and where the frame begins
// that is the cause.
type Error struct {
	Offset  int64
	Problem string
}

func (e *Error) Error() string {
	return fmt.Sprintf("read HTTP/2: byte %d: %s", e.Offset, e.Problem)
}
