package capture

import "time"

// Run is one recording.
type Run struct {
	Meta
	Upgrades      []*Upgrade // ordered by Phases.RequestSent, then Conn, Exchange
	TokenRequests []TokenRequest
	Tokens        map[Fingerprint]Token
	Clock         []ClockSample
	Losses        []Loss
	Notes         []Note
	Parts         []Part // of a run that [Join] made: its recordings by their start; empty for one recording
}

// Meta says where a run comes from.
type Meta struct {
	ID      string   // random, hexadecimal
	Source  string   // "proxy", "pcap", "simulation"
	Version string   // of why403
	Command []string // the command line of the load tool or of why403, secrets masked
	Host    string   // GOOS/GOARCH and limits that matter, for people
	Started Instant
	Ended   Instant // zero: the recording was not sealed (it crashed or still runs)
}

// ClockSample is one Date field of a response (RFC 9110 §6.6.1): the server's
// clock, truncated to a second, read between two moments of ours.
type ClockSample struct {
	Sent, Received Instant // request sent, response first byte
	Date           Instant // whole seconds
	Authority      string  // whose clock
}

// Loss is something the recorder knows that it missed.
type Loss struct {
	At     Instant // the first of them
	Kind   LossKind
	Count  int64  // records, bytes or connections, as the kind says
	Detail string // for people
}

// LossKind names what was lost and so the unit of Loss.Count.
type LossKind string

const (
	LostQueue   LossKind = "queue-full" // records dropped because the writer fell behind
	LostDisk    LossKind = "disk"       // records the run file did not take
	LostGap     LossKind = "gap"        // bytes missing in a stream
	LostBlind   LossKind = "blind"      // connections tunnelled without being read
	LostParse   LossKind = "unparsable" // connections that are not HTTP/1.1 or broke its framing
	LostRefused LossKind = "over-limit" // connections refused by a limit of the recorder

	// Of packet captures.
	LostPackets   LossKind = "packets"      // packets that are not in the capture, or not whole
	LostFile      LossKind = "file-damaged" // files that could be read only in part
	LostKeys      LossKind = "undecrypted"  // TLS connections that could not be read
	LostLate      LossKind = "began-before" // connections that were open when the capture began
	LostHandshake LossKind = "no-request"   // connections that failed before a request: TLS, CONNECT
)

// Note is something doubtful or noteworthy about the recording, for people.
type Note struct {
	At   Instant
	Text string
}

// Record is one thing a producer emits: an [Upgrade], [Token], [TokenRequest],
// [ClockSample], [Loss] or [Note], by value. What has been emitted is not
// changed any more by its producer.
type Record interface{ record() }

func (Upgrade) record()      {}
func (Token) record()        {}
func (TokenRequest) record() {}
func (ClockSample) record()  {}
func (Loss) record()         {}
func (Note) record()         {}

// Duration is the time from start to end, or to the last thing recorded if the
// run was not sealed.
func (r *Run) Duration() time.Duration {
	return max(0, r.end().Sub(r.Started))
}

// end is when the run ended, or the last moment it knows of.
func (r *Run) end() Instant {
	end := r.Ended
	for _, u := range r.Upgrades {
		end = max(end, u.Phases.RequestSent, u.Phases.ResponseHead, u.Socket.Closed)
	}
	return end
}
