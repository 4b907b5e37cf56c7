package http1

import "strings"

// startLine returns the start line of a head, behind empty lines before it (RFC
// 9112 §2.2).
func startLine(head string, odd *Oddities) line {
	for i := 0; ; {
		l := nextLine(head, i, odd)
		if l.start < l.end || l.next == len(head) {
			return l
		}
		*odd |= LeadingLines
		i = l.next
	}
}

// requestLine is a request line (RFC 9112 §3). Whatever lies between the first
// word and the last is the target.
type requestLine struct {
	method, target, version string
	targetAt                int // in the line
}

// spaces are what some recipients take for the space between the parts of a start
// line (RFC 9112 §3).
const spaces = " \t\v\f\r"

func splitRequestLine(text string, odd *Oddities) (l requestLine, problem string) {
	rest := strings.TrimLeft(text, spaces)
	at := len(text) - len(rest)
	rest = strings.TrimRight(rest, spaces)
	i, j := strings.IndexAny(rest, spaces), strings.LastIndexAny(rest, spaces)
	if i < 0 {
		return l, "no spaces in the request line"
	}
	l.method, l.version = rest[:i], rest[j+1:]
	between := rest[i : j+1]
	l.target = strings.Trim(between, spaces)
	l.targetAt = at + i + len(between) - len(strings.TrimLeft(between, spaces))
	if l.target == "" {
		return l, "no target in the request line"
	}
	if text != l.method+" "+l.target+" "+l.version || strings.ContainsAny(l.target, spaces) {
		*odd |= SpacesInStart
	}
	return l, ""
}

// minorVersion reads HTTP-version (RFC 9112 §2.3), of which only HTTP/1 is for us.
func minorVersion(s string, odd *Oddities) (minor int, ok bool) {
	digit, ok := strings.CutPrefix(s, "HTTP/1.")
	if !ok || len(digit) != 1 || digit[0] < '0' || digit[0] > '9' {
		return 0, false
	}
	switch minor = int(digit[0] - '0'); {
	case minor < 1:
		*odd |= OldVersion
	case minor > 1:
		*odd |= NewerMinor
	}
	return minor, true
}
