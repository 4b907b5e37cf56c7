package token

import (
	"iter"
	"strings"
)

// fieldLine is a field line with the lines that continue it (RFC 9112 §5.2).
type fieldLine struct {
	whole       string
	before      string // name, colon, white space
	name, value string // name is "" if there is no colon
	after       string // white space and line end
}

// with returns the line with another value.
func (p fieldLine) with(value string) string { return p.before + value + p.after }

// splitLine returns the first line that is not empty, with empty ones before it and
// its line end, and the rest.
func splitLine(head string) (line, rest string) {
	lead := len(head) - len(strings.TrimLeft(head, "\r\n"))
	n := strings.IndexByte(head[lead:], '\n')
	if n < 0 {
		return head, ""
	}
	return head[:lead+n+1], head[lead+n+1:]
}

// fieldLines yields the field lines of what follows a start line; what is no field
// comes without a name.
func fieldLines(fields string) iter.Seq[fieldLine] {
	return func(yield func(fieldLine) bool) {
		for len(fields) > 0 {
			n := lineLength(fields)
			for n < len(fields) && (fields[n] == ' ' || fields[n] == '\t') {
				n += lineLength(fields[n:])
			}
			if !yield(parseLine(fields[:n])) {
				return
			}
			fields = fields[n:]
		}
	}
}

func lineLength(s string) int {
	if n := strings.IndexByte(s, '\n'); n >= 0 {
		return n + 1
	}
	return len(s)
}

// blank is what surrounds a value, and may be in one that is continued.
const blank = " \t\r\n"

func parseLine(whole string) fieldLine {
	name, rest, ok := strings.Cut(whole, ":")
	if !ok || strings.TrimSpace(name) == "" {
		return fieldLine{whole: whole}
	}
	value := strings.Trim(rest, blank)
	lead := len(rest) - len(strings.TrimLeft(rest, blank))
	if value == "" {
		lead = len(rest) - len(strings.TrimLeft(rest, " \t"))
	}
	at := len(name) + 1 + lead
	return fieldLine{whole: whole, before: whole[:at], name: strings.TrimSpace(name), value: value, after: whole[at+len(value):]}
}
