package capture

import "time"

// Socket is the life of an accepted WebSocket as frame headers tell it (RFC 6455
// §5); payloads are not recorded.
type Socket struct {
	Opened Instant // the 101's head was complete
	// Closing is the first Close frame either way, Closed the end of the
	// connection. Both zero while the socket is open.
	Closing, Closed Instant
	EndedBy         Side   // who ended it
	How             Ending // how the connection ended
	CloseCode       int    // of the first Close frame (RFC 6455 §7.4), 0 if it had none
	CloseReason     string // of the first Close frame, secrets masked

	// Frames counts what was sent, nil if nothing was seen. Records of one attempt may share
	// it: it is replaced, never changed.
	Frames *Frames

	// ServerFirst is the start of the gateway's first text message, at most 512
	// bytes, secrets masked; kept only if the gateway ended the socket within
	// [EarlyEnd]: it may be an error frame.
	ServerFirst string
}

// EarlyEnd is how soon after 101 an end by the gateway may be a refusal in band.
const EarlyEnd = 5 * time.Second

// Counted returns what was sent, all zero if nothing was seen.
func (s *Socket) Counted() Frames {
	if s.Frames == nil {
		return Frames{}
	}
	return *s.Frames
}

// Frames counts the frames of a socket. The diagnosis does without: apart from the rest of
// the record they need not be held for it.
type Frames struct {
	FromClient, FromServer Traffic

	Pings            int // pings of either side that were answered by a pong
	PingMin, PingMax time.Duration
	PingSum          time.Duration // Σ of ping to pong; PingSum/Pings is the mean
}

// Traffic counts one direction of a socket.
type Traffic struct {
	Frames, Bytes int64 // frames of any opcode; payload bytes in them
	Text, Binary  int64 // messages begun with that opcode
	First, Last   Instant
}

// Side is one end of a connection, or the recorder between them.
type Side string

const (
	Client   Side = "client"
	Gateway  Side = "gateway"
	Recorder Side = "recorder"
)

// Ending is how a connection ended.
type Ending string

const (
	CloseFrame Ending = "close frame" // a Close frame, then the end of the connection
	FIN        Ending = "fin"         // TCP FIN or TLS close_notify without a Close frame
	RST        Ending = "rst"
	Timeout    Ending = "timeout"  // an idle limit of the recorder
	Shutdown   Ending = "shutdown" // the recorder stopped
	Broken     Ending = "broken"   // TLS alert or any other error
)
