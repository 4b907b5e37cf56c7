package http1

import (
	"strings"

	"why403/capture"
)

// Response is a view of a response's head.
type Response struct {
	Status   int    // three digits
	Reason   string // as sent, "" if none
	Minor    int    // of the version HTTP/1.x
	Fields   Fields
	Oddities Oddities
}

// ParseResponse reads the head of a response (RFC 9112 §4, §5). The error, an
// [*Error], says that the status line is none of HTTP/1; anything else that is
// wrong is an oddity.
func ParseResponse(head capture.Head) (*Response, error) {
	var r Response
	l := startLine(string(head), &r.Oddities)
	if problem := r.parseStatusLine(string(head[l.start:l.end])); problem != "" {
		return nil, &Error{Line: 1, Offset: l.start, Problem: problem}
	}
	r.Fields = parseFields(string(head), l.next, &r.Oddities)
	r.Oddities |= oddFraming(r.Fields, r.Minor)
	return &r, nil
}

// parseStatusLine reads HTTP-version SP status-code SP [ reason-phrase ].
func (r *Response) parseStatusLine(text string) (problem string) {
	version, rest := cutWord(strings.TrimLeft(text, spaces))
	status, reason := cutWord(strings.TrimLeft(rest, spaces))
	var ok bool
	if r.Minor, ok = minorVersion(version, &r.Oddities); !ok {
		return "version is not HTTP/1"
	}
	if r.Status, ok = statusCode(status); !ok {
		return "status is not three digits"
	}
	if r.Status < 100 || r.Status > 599 {
		r.Oddities |= OddStatus
	}
	if reason == "" {
		r.Oddities |= NoReasonSpace
	}
	r.Reason = strings.Trim(reason, spaces)
	if tight := version + " " + status; !strings.HasPrefix(text, tight) || text != tight && text != tight+" "+r.Reason {
		r.Oddities |= SpacesInStart
	}
	return ""
}

// cutWord cuts s before its first white space.
func cutWord(s string) (word, rest string) {
	if i := strings.IndexAny(s, spaces); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

func statusCode(s string) (code int, ok bool) {
	if len(s) != 3 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	return int(s[0]-'0')*100 + int(s[1]-'0')*10 + int(s[2]-'0'), true
}

// IsFinal reports whether the response ends its exchange: any but an interim one
// (RFC 9110 §15.2), and 101, after which the connection is HTTP no more.
func (r *Response) IsFinal() bool { return r.Status >= 200 || r.Status == 101 }
