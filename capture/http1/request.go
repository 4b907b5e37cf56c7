package http1

import (
	"bytes"

	"why403/capture"
)

// Request is a view of a request's head.
type Request struct {
	Method   string
	Target   Target
	Minor    int // of the version HTTP/1.x
	Fields   Fields
	Oddities Oddities
}

// ParseRequest reads the head of a request (RFC 9112 §3, §5). The error, an
// [*Error], says that the request line is none of HTTP/1; anything else that is
// wrong is an oddity.
func ParseRequest(head capture.Head) (*Request, error) {
	var r Request
	l := startLine(string(head), &r.Oddities)
	start, problem := splitRequestLine(string(head[l.start:l.end]), &r.Oddities)
	minor, ok := minorVersion(start.version, &r.Oddities)
	switch {
	case problem != "":
	case !isToken(start.method):
		problem = "method is no token"
	case !ok:
		problem = "version is not HTTP/1"
	}
	if problem != "" {
		return nil, &Error{Line: 1, Offset: l.start, Problem: problem}
	}
	r.Method, r.Minor = start.method, minor
	r.Target = ParseTarget(start.method, start.target)
	r.Fields = parseFields(string(head), l.next, &r.Oddities)
	r.Oddities |= oddFraming(r.Fields, r.Minor) | r.oddRequest()
	return &r, nil
}

// oddRequest lists what is unusual beyond single lines.
func (r *Request) oddRequest() (odd Oddities) {
	form := r.Target.Form
	if form == UnknownForm || form == AsteriskForm && r.Method != "OPTIONS" {
		odd |= OddTarget
	}
	switch hosts := r.Fields.Count("Host"); {
	case hosts > 1:
		odd |= ManyHosts
	case hosts == 0 && r.Minor > 0:
		odd |= NoHost
	}
	if r.Fields.Count("Authorization") > 1 {
		odd |= ManyCredentials
	}
	return odd
}

// IsUpgrade reports whether the request asks for a WebSocket. It need not ask
// correctly (RFC 6455 §4.1): one whose Upgrade field was lost on the way is still
// known by its key, and that loss may be why it is refused.
func (r *Request) IsUpgrade() bool {
	return r.Method != "CONNECT" &&
		(r.Fields.HasToken("Upgrade", "websocket") || r.Fields.Count("Sec-WebSocket-Key") > 0)
}

// methodLimit is how long a method may be to look like one, in bytes.
const methodLimit = 24

// LooksLikeRequest reports whether b may be the beginning of an HTTP/1 request, as
// far as it goes: a method of letters, "-" and "_" (RFC 9110 §9.1 allows more,
// nobody sends more) that is not that of HTTP/2's preface (RFC 9113 §3.4). Once
// false, it stays so whatever follows.
func LooksLikeRequest(b []byte) bool {
	b = bytes.TrimLeft(b, "\r\n")
	for i, c := range b {
		switch {
		case c == ' ':
			return i > 0 && !bytes.HasPrefix(b, []byte("PRI * "))
		case i == methodLimit, (c|0x20 < 'a' || c|0x20 > 'z') && c != '-' && c != '_':
			return false
		}
	}
	return true
}
