package covariate

import (
	"slices"
	"strings"
	"time"

	"why403/capture"
)

// InBand reports whether an attempt was answered 101 and then refused: the gateway
// ended the socket within [capture.EarlyEnd] with a close code that speaks of a
// refusal, or after a first text message that looks like an error. The code
// returned is that of its Close frame, or, as RFC 6455 §7.4.1 reserves them, 1005
// for a Close frame without a code and 1006 for none.
//
// Close codes that speak of a refusal are 1008 (policy), 1011 (unexpected
// condition), 1013 (try again later) and 3000 to 4999 (registered and private
// use). A message looks like an error if it contains one of the words of
// errorWords, in any case.
func InBand(u *capture.Upgrade) (code int, refused bool) {
	s := &u.Socket
	if u.Outcome != capture.Accepted || s.EndedBy != capture.Gateway {
		return 0, false
	}
	end := s.Closing
	if !end.Seen() {
		end = s.Closed
	}
	if life, seen := capture.Since(s.Opened, end); !seen || life >= capture.EarlyEnd {
		return 0, false
	}
	if !refusalCode(s.CloseCode) && !looksLikeError(s.ServerFirst) {
		return 0, false
	}
	return closeCode(s), true
}

func refusalCode(code int) bool {
	return code == 1008 || code == 1011 || code == 1013 || 3000 <= code && code <= 4999
}

func closeCode(s *capture.Socket) int {
	switch {
	case s.CloseCode != 0:
		return s.CloseCode
	case s.Closing.Seen() || s.How == capture.CloseFrame:
		return 1005
	default:
		return 1006
	}
}

var errorWords = []string{
	"error", "unauthorized", "unauthorised", "forbidden", "denied", "expired",
	"too many", "limit", "quota", "throttl", "not allowed", "invalid token",
}

func looksLikeError(message string) bool {
	lower := strings.ToLower(message)
	for _, w := range errorWords {
		if strings.Contains(lower, w) {
			return true
		}
	}
	return false
}

// Silence is ways of not answering that count as refusals: a gateway may close the
// connection, or let the client wait until the recorder or the client itself gives up.
type Silence struct {
	Dropped, TimedOut bool
	// LeftAfter is how long a client that left must have waited, 0 if none counts.
	LeftAfter time.Duration
}

// A way of not answering is how the gateway refuses if it comes in number; a few are
// accidents, and evidence for nothing.
const (
	fewestSilent = 5
	silentShare  = 0.02 // of the attempts that reached the gateway
)

func silence(run *capture.Run) Silence {
	count := map[capture.Outcome]int{}
	for _, u := range run.Upgrades {
		count[u.Outcome]++
	}
	reached := len(run.Upgrades) - count[capture.Unreached]
	inNumber := func(o capture.Outcome) bool {
		return count[o] >= fewestSilent && float64(count[o]) >= silentShare*float64(reached)
	}
	s := Silence{Dropped: inNumber(capture.Dropped), TimedOut: inNumber(capture.TimedOut)}
	if !inNumber(capture.ClientGone) {
		return s // not even with those that left early
	}
	patience := patience(run)
	for _, u := range run.Upgrades {
		if u.Outcome == capture.ClientGone && waited(u) < patience {
			count[u.Outcome]--
		}
	}
	if inNumber(capture.ClientGone) {
		s.LeftAfter = patience
	}
	return s
}

// patience is how long a client must have waited to know that no answer comes: clearly
// longer than nearly every answer took. Who leaves earlier, as at a test's end, or from a gateway
// that is slow, has not been refused.
func patience(run *capture.Run) time.Duration {
	var waits []time.Duration
	for _, u := range run.Upgrades {
		if u.Outcome == capture.Accepted || u.Outcome == capture.Refused {
			waits = append(waits, waited(u))
		}
	}
	slices.Sort(waits)
	return max(2*quantile(waits, 0.99), shortestTimeout)
}

// Refuses reports whether an attempt was refused without an answer.
func (s Silence) Refuses(u *capture.Upgrade) bool {
	switch u.Outcome {
	case capture.Dropped:
		return s.Dropped
	case capture.TimedOut:
		return s.TimedOut
	case capture.ClientGone:
		return s.LeftAfter > 0 && waited(u) >= s.LeftAfter
	}
	return false
}

// decided reports whether the gateway decided about an attempt, and when that could
// be seen. Attempts without an answer that are no refusals, whoever gave up, are no
// evidence for or against a cause.
func (s Silence) decided(u *capture.Upgrade) (answered capture.Instant, ok bool) {
	if u.Outcome != capture.Accepted && u.Outcome != capture.Refused && !s.Refuses(u) {
		return 0, false
	}
	return answeredAt(u)
}

// answeredAt returns when the answer to an attempt was seen, or that there is none.
func answeredAt(u *capture.Upgrade) (capture.Instant, bool) {
	p := u.Phases
	for _, at := range []capture.Instant{p.ResponseFirst, p.ResponseHead, u.Socket.Opened, p.ResponseEnd, p.RequestSent} {
		if at.Seen() {
			return max(at, p.RequestSent), true
		}
	}
	return 0, false
}

// waited is how long the answer took, or the knowledge that there is none.
func waited(u *capture.Upgrade) time.Duration {
	at, _ := answeredAt(u)
	return at.Sub(u.Phases.RequestSent)
}

// released returns the moment from which a socket no longer counts as open: its
// first Close frame, else the end of its connection; 0 while it is open.
func released(s *capture.Socket) capture.Instant {
	if s.Closing.Seen() {
		return max(s.Closing, s.Opened)
	}
	return s.Closed
}

// maxWait bounds the waits that the typical wait is taken from, and so every
// allowance for what was in flight.
const maxWait = time.Second
