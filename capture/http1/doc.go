// Package http1 reads HTTP/1.1 heads as they were sent and tells where messages end
// (RFC 9112 §2–§7).
//
// It is made for looking on, not for serving: a head is found ([Scanner]), read into
// a view that leaves its bytes alone ([ParseRequest], [ParseResponse]), and what is
// odd about it is listed instead of repaired ([Oddities]), because the oddity may be
// why a gateway refused. A [Body] follows a message's body through bytes that come in
// any pieces. [Edit] makes the only changes that a proxy of ours makes to a head.
//
// Errors and oddities never quote the bytes they are about: there may be secrets in
// them. Nothing here does I/O.
package http1

import "fmt"

// Error says why a head is no HTTP/1.1 head, and where.
type Error struct {
	Line    int // from 1, counted from the start line; 0 for the head as a whole
	Offset  int // of the byte in the head, from 0
	Problem string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("read head: byte %d: %s", e.Offset, e.Problem)
	}
	return fmt.Sprintf("read head: line %d, byte %d: %s", e.Line, e.Offset, e.Problem)
}
