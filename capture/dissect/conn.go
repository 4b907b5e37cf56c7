// Package dissect turns timed bytes in two directions into records.
//
// A [Conn] is a state machine for one plaintext HTTP/1.1 connection between a
// client and a gateway: it has no sockets, goroutines or clock, so the proxy and
// packet captures feed the same one and the same bytes give the same records.
// Secrets stop here: what it emits holds fingerprints for tokens, never values.
package dissect

import (
	"why403/capture"
	"why403/capture/token"
)

// Dir is a direction of bytes.
type Dir int

const (
	FromClient Dir = iota // client to gateway
	FromServer            // gateway to client
)

// Opening is what is known of a connection beside its bytes.
type Opening struct {
	ID     int64  // number of the connection within the run, from 1
	Scheme string // "http" or "https"
	// Authority is the host:port asked of a proxy; "" to take the Host field.
	Authority string
}

// Conn dissects one connection. It is not safe for concurrent use.
type Conn struct {
	opening Opening
	tokens  *token.Keeper
	emit    func(capture.Record)
}

// New returns the machine for one connection. It calls emit, from within its
// methods, with each record as soon as it is known and again as it changes.
func New(o Opening, tokens *token.Keeper, emit func(capture.Record)) *Conn {
	return &Conn{opening: o, tokens: tokens, emit: emit}
}

// Data takes the next bytes of a direction. It keeps no reference to b.
func (c *Conn) Data(dir Dir, at capture.Instant, b []byte) {}

// Gap says that n bytes of a direction are missing (packet captures only).
func (c *Conn) Gap(dir Dir, at capture.Instant, n int64) {}

// End says that a direction ended, and how. Once both have ended, or after
// [Conn.Close], everything has been emitted.
func (c *Conn) End(dir Dir, at capture.Instant, how capture.Ending) {}

// Close ends the connection for the recorder's own reason.
func (c *Conn) Close(at capture.Instant, how capture.Ending) {}

// Fail says that the request just given never reached the gateway, or that the
// recorder stopped waiting for its answer: outcome is Unreached or TimedOut.
func (c *Conn) Fail(at capture.Instant, outcome capture.Outcome, why string) {}

// Annotate adds facts that the bytes do not show (addresses, phases of the
// connection's opening, TLS, edits) to the exchange in progress, or to the next
// one if none is. If that exchange turns out to be no upgrade they are used for
// its token request as far as they fit, and dropped otherwise.
func (c *Conn) Annotate(f func(u *capture.Upgrade)) {}

// Upgraded reports whether the connection has become a WebSocket (a 101 was seen).
func (c *Conn) Upgraded() bool { return false }

// Answered reports whether every request given so far has its complete answer.
func (c *Conn) Answered() bool { return false }
