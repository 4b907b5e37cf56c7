package tlswire

import "why403/capture"

// Dir is a direction of bytes.
type Dir uint8

const (
	FromClient Dir = iota
	FromServer
)

func (d Dir) String() string {
	if d == FromClient {
		return "client"
	}
	return "server"
}

// Sink takes what a [Conn] finds. Its methods are called from within those of
// the Conn and must not call it back, except for [Conn.Facts].
type Sink interface {
	// Plain takes decrypted application data, one record at a time, never
	// empty. At is when the record was complete. It must not keep b.
	Plain(dir Dir, at capture.Instant, b []byte)
	// Alert takes an alert that could be read (RFC 8446 §6). After a
	// close_notify its direction carries no more application data.
	Alert(dir Dir, at capture.Instant, a Alert)
	// Trouble says what could not be read, and why. If p.Closed, nothing more
	// comes from that direction; otherwise a hole lies before what comes next.
	Trouble(dir Dir, at capture.Instant, p *Problem)
}

// Alert is a TLS alert: what the sender thinks went wrong, or that it is done.
type Alert struct {
	Fatal       bool
	Description uint8 // AlertDescription, RFC 8446 §6
}

// CloseNotify reports whether the sender only says that it will send no more.
func (a Alert) CloseNotify() bool { return a.Description == 0 }
