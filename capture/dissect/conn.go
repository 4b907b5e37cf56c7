// Package dissect turns timed bytes in two directions into records.
//
// A [Conn] is a state machine for one plaintext HTTP connection between a client and
// a gateway (RFC 9112, RFC 9113, RFC 6455, RFC 8441). It has no sockets, goroutines or clock, so the
// proxy and packet captures feed the same one, and the same bytes give the same
// records however they are cut. Secrets stop here: what it emits holds fingerprints
// for tokens, never values.
//
// # How it works
//
// Up to a 101 each direction is a half: it finds heads, reads them and follows
// bodies. Requests wait for their answers in an exchange each, oldest first. What a
// client sends behind an upgrade request is frames or the next request, which only
// the answer tells: it is held until then. At a 101 the halves give way to a socket,
// which follows frames without keeping any. A client that begins with the preface of
// HTTP/2 turns the halves into a multiplex of streams, of which each is an exchange
// and may become a socket.
//
// # What it does not know
//
// Bytes that are missing or are no HTTP end what can be said of their direction,
// unless they are payload by count. From there on nothing is guessed: an answer that
// may have been in a gap leaves its attempt pending, and a [capture.Loss] says so.
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

func (d Dir) other() Dir { return 1 - d }

// side returns who sends in that direction.
func (d Dir) side() capture.Side {
	if d == FromClient {
		return capture.Client
	}
	return capture.Gateway
}

// Opening is what is known of a connection beside its bytes.
type Opening struct {
	ID     int64  // number of the connection within the run, from 1
	Scheme string // "http" or "https"
	// Authority is the host:port asked of a proxy; "" to take the Host field.
	Authority string
}

// Conn dissects one connection. It is not safe for concurrent use.
type Conn struct {
	desk
	halves  *[2]half // nil once the connection is a WebSocket, or over
	waiting []*exchange
	socket  *socket
	h2      *multiplex // once the connection is HTTP/2

	ended [2]capture.Ending // by direction, "" while it goes on
	first Dir               // which ended first
	late  bool              // an answer came whose request was not seen
	over  bool
}

// New returns the machine for one connection. It calls emit, from within its
// methods, with each record as soon as it is known and again as it changes.
func New(o Opening, tokens *token.Keeper, emit func(capture.Record)) *Conn {
	return &Conn{desk: desk{opening: o, tokens: tokens, emit: emit}, halves: new([2]half)}
}

// Data takes the next bytes of a direction. It keeps no reference to b.
func (c *Conn) Data(dir Dir, at capture.Instant, b []byte) {
	switch {
	case c.over || len(b) == 0:
	case c.socket != nil:
		c.socket.frames(dir, at, b)
	case c.h2 != nil:
		c.h2.data(dir, at, b)
	case dir == FromClient:
		c.fromClient(at, b)
	default:
		c.fromServer(at, b)
	}
}

// Gap says that n bytes of a direction are missing (packet captures only), 0 if
// nobody knows how many.
func (c *Conn) Gap(dir Dir, at capture.Instant, n int64) {
	if c.over {
		return
	}
	n = max(n, 0)
	c.emit(capture.Loss{At: at, Kind: capture.LostGap, Count: n, Detail: "bytes missing from the " + string(dir.side())})
	switch {
	case c.socket != nil:
		c.socket.gap(dir, n)
	case c.h2 != nil:
		c.h2.gap(dir, at, n)
	case dir == FromClient:
		c.clientGap(at, n)
	default:
		c.serverGap(at, n)
	}
}

// Annotate adds facts that the bytes do not show (addresses, phases of the
// connection's opening, TLS, edits) to the exchange in progress, or to the next
// one if none is. If that exchange turns out to be no upgrade they are used for
// its token request as far as they fit, and dropped otherwise.
func (c *Conn) Annotate(f func(u *capture.Upgrade)) {
	switch n := len(c.waiting); {
	case c.over:
	case c.socket != nil:
		f(c.socket.u)
	case n > 0:
		c.note(c.waiting[n-1], f)
	default:
		c.notes = append(c.notes, f)
	}
}

// Upgraded reports whether the connection has become a WebSocket (a 101 was seen).
// An HTTP/2 connection never does: its streams may.
func (c *Conn) Upgraded() bool { return c.socket != nil }

// Answered reports whether every request given so far has its complete answer.
func (c *Conn) Answered() bool { return len(c.waiting) == 0 && (c.h2 == nil || c.h2.answered()) }

// lose gives up on a direction, which is told once.
func (c *Conn) lose(dir Dir, at capture.Instant, kind capture.LossKind, why string) {
	h := &c.halves[dir]
	if h.phase == lost {
		return
	}
	h.lose()
	c.emit(capture.Loss{At: at, Kind: kind, Count: 1, Detail: why})
}
