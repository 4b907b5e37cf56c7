package tcp

import (
	"why403/capture"
	"why403/capture/packet"
)

// Stream takes what one connection carried. Its methods are called in the order in
// which things happened, each direction for itself in the order of its bytes.
type Stream interface {
	// Data takes the next bytes of a direction; they are valid during the call.
	Data(d Dir, at capture.Instant, b []byte)
	// Gap says that the next n bytes of a direction are not in the capture.
	Gap(d Dir, at capture.Instant, n int64, why Cause)
	// End says that a direction ended: FIN or RST.
	End(d Dir, at capture.Instant, how capture.Ending)
	// Close says that nothing more will come, at the time of the last packet.
	Close(at capture.Instant, why Reason)
}

// Dir is a direction, by the side that sends: the one whose segments were seen first,
// or the other. Which of them is the client is for [Conn.Opener] to say.
type Dir int

// The directions, to index pairs with.
const (
	First Dir = iota
	Second
)

// Cause is why bytes are missing.
type Cause string

const (
	Missed  Cause = "not in the capture"
	SnapLen Cause = "cut by the snap length"
	Limit   Cause = "out-of-order limit" // may come later, but too much waits behind them
)

// Reason is why a stream is over.
type Reason string

const (
	Ended      Reason = "ended"       // by FINs of both sides, or RST
	Reused     Reason = "port reused" // a new connection took its addresses
	Evicted    Reason = "evicted"     // to stay within [Options.Connections]
	CaptureEnd Reason = "capture ended"
)

// Conn is one connection. Its exported fields are for reading.
type Conn struct {
	ID    int64              // from 1, in the order of appearance
	Sides [2]packet.Endpoint // by the direction they send in
	// SYN and SYNACK are when they were seen, Established the first segment of
	// the opener behind them; zero if not seen.
	SYN, SYNACK, Established capture.Instant
	// Late says that bytes of a direction may be missing before its first: its SYN
	// was not seen, and the other side had acknowledged less, or nothing.
	Late [2]bool

	stream  Stream
	opener  Dir
	halves  [2]half
	last    capture.Instant // of its packets
	ignored bool
	done    bool
	reset   bool // an RST was given out
	blocked bool // in the assembler's list

	key         key
	older, next *Conn // by last packet
}

// Opener returns the direction of the side that opened the connection, and false if
// neither the SYN nor its answer was captured.
func (c *Conn) Opener() (Dir, bool) { return c.opener, c.SYN.Seen() || c.SYNACK.Seen() }

// Seen reports whether any segment of a direction was captured.
func (c *Conn) Seen(d Dir) bool { return c.halves[d].seen }

// Ignore says that the stream needs no more data: only its end is still told.
func (c *Conn) Ignore() { c.ignored = true }
