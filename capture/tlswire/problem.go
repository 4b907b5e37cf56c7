package tlswire

import "fmt"

// Reason names why something could not be read. The names are part of reports.
type Reason string

const (
	// NoKey: the key log has nothing for this connection's client random.
	NoKey Reason = "no_key"
	// KeyIncomplete: it has some secrets of the connection but lacks
	// Problem.Label.
	KeyIncomplete Reason = "key_incomplete"
	// UnsupportedSuite: the cipher suite, or the compression, is not
	// implemented; Problem.Detail names it.
	UnsupportedSuite Reason = "unsupported_suite"
	// UnsupportedVersion: SSL, TLS 1.0 or 1.1; Problem.Detail names it.
	UnsupportedVersion Reason = "unsupported_version"
	// DecryptFailed: a record's tag or MAC is wrong: the secret is of another
	// connection, or the bytes are damaged.
	DecryptFailed Reason = "decrypt_failed"
	// Malformed: the bytes are not TLS, or break its framing.
	Malformed Reason = "malformed"
	// Gap: bytes of the stream are missing, and with them the record number.
	Gap Reason = "gap"
	// Limit: a bound of this package was reached; Problem.Detail says which.
	Limit Reason = "limit"
	// StartedLate: the stream begins after the ClientHello, so that nothing
	// says which keys are its own.
	StartedLate Reason = "capture_started_late"
	// OneDirection: the other side's hello was never seen.
	OneDirection Reason = "one_direction_only"
)

// Problem is something that could not be read. Only the first of a direction is
// reported, and the one that closes it.
type Problem struct {
	Reason Reason
	Label  string // of the missing key log line, if that is the reason
	Detail string // for people, "" if the reason says it all
	// ClientRandom is what to look for in the key log; zero before the
	// ClientHello.
	ClientRandom [32]byte
	Offset       int64 // bytes of the direction before the record that could not be read
	Closed       bool  // nothing more comes from this direction
}

// Error describes the problem in one line.
func (p *Problem) Error() string {
	s := string(p.Reason)
	switch {
	case p.Label != "":
		s += fmt.Sprintf(": no %s for client random %x", p.Label, p.ClientRandom)
	case p.Reason == NoKey:
		s += fmt.Sprintf(": client random %x", p.ClientRandom)
	}
	if p.Detail != "" {
		s += ": " + p.Detail
	}
	return fmt.Sprintf("%s, at byte %d", s, p.Offset)
}
