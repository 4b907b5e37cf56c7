package http1

import "strings"

// Form is the form of a request target (RFC 9112 §3.2).
type Form int

const (
	UnknownForm   Form = iota
	OriginForm         // /where?q=now
	AbsoluteForm       // http://www.example.org/pub
	AuthorityForm      // www.example.com:80, with CONNECT
	AsteriskForm       // *, with OPTIONS
)

// Target is a request target. All of it may hold secrets.
type Target struct {
	Form
	Raw       string // as sent, without white space around it
	Scheme    string // of the absolute form, as sent
	Authority string // of the absolute form, without user information, or of the authority form
	Origin    string // path and query, "*" for the asterisk form, "" for the authority form
}

// ParseTarget reads the request target of a request with that method (RFC 9112
// §3.2.1 to §3.2.4).
func ParseTarget(method, raw string) Target {
	t := Target{Raw: raw}
	switch {
	case method == "CONNECT":
		if raw != "" && !strings.ContainsAny(raw, "/?#@") {
			t.Form, t.Authority = AuthorityForm, raw
		}
	case raw == "*":
		t.Form, t.Origin = AsteriskForm, raw
	case strings.HasPrefix(raw, "/"):
		t.Form, t.Origin = OriginForm, raw
	default:
		t.parseAbsolute(method)
	}
	if t.Form == UnknownForm {
		t.Origin = raw
	}
	return t
}

func (t *Target) parseAbsolute(method string) {
	scheme, rest, ok := strings.Cut(t.Raw, "://")
	if !ok || !isScheme(scheme) {
		return
	}
	path := ""
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest, path = rest[:i], rest[i:]
	}
	t.Form, t.Scheme = AbsoluteForm, scheme
	t.Authority = rest[strings.LastIndexByte(rest, '@')+1:]
	switch {
	case path == "" && method == "OPTIONS":
		t.Origin = "*" // RFC 9112 §3.2.4
	case !strings.HasPrefix(path, "/"):
		t.Origin = "/" + path
	default:
		t.Origin = path
	}
}

// isScheme reports whether s can be the scheme of a URI (RFC 3986 §3.1).
func isScheme(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || strings.IndexByte("0123456789+-.", c) < 0) {
			return false
		}
	}
	return s != ""
}
