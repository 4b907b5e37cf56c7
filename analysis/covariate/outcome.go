package covariate

import (
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
	s := u.Socket
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

func closeCode(s capture.Socket) int {
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

// decided reports whether the gateway decided about an attempt, and when the
// answer came. Attempts without an answer, whoever gave up, are no evidence for or
// against a cause.
func decided(u *capture.Upgrade) (answered capture.Instant, ok bool) {
	if u.Outcome != capture.Accepted && u.Outcome != capture.Refused {
		return 0, false
	}
	p := u.Phases
	for _, at := range []capture.Instant{p.ResponseFirst, p.ResponseHead, u.Socket.Opened, p.RequestSent} {
		if at.Seen() {
			return max(at, p.RequestSent), true
		}
	}
	return 0, false
}

// released returns the moment from which a socket no longer counts as open: its
// first Close frame, else the end of its connection; 0 while it is open.
func released(s capture.Socket) capture.Instant {
	if s.Closing.Seen() {
		return max(s.Closing, s.Opened)
	}
	return s.Closed
}

// maxWait bounds the waits that the typical wait is taken from, and so every
// allowance for what was in flight.
const maxWait = time.Second
