package http1

import "strings"

// Field is one field line (RFC 9112 §5).
type Field struct {
	Name  string // as sent, without white space around it
	Value string // as sent, without white space around it; continued lines included
}

// Fields are the field lines of a head in the order sent.
type Fields []Field

// Get returns the value of the first field with that name, case ignored, and
// whether there is one.
func (f Fields) Get(name string) (string, bool) {
	for i := range f {
		if strings.EqualFold(f[i].Name, name) {
			return f[i].Value, true
		}
	}
	return "", false
}

// Count returns how many fields have that name, case ignored.
func (f Fields) Count(name string) int {
	n := 0
	for i := range f {
		if strings.EqualFold(f[i].Name, name) {
			n++
		}
	}
	return n
}

// HasToken reports whether a comma-separated list field holds a token, case
// ignored (RFC 9110 §5.6.1).
func (f Fields) HasToken(name, token string) bool {
	for i := range f {
		if !strings.EqualFold(f[i].Name, name) {
			continue
		}
		for item := range strings.SplitSeq(f[i].Value, ",") {
			if strings.EqualFold(strings.Trim(item, blank), token) {
				return true
			}
		}
	}
	return false
}

// blank is white space within a field: OWS and what a continued line brings.
const blank = " \t\r\n"

// line is one line of a head.
type line struct {
	start, end int // in the head, without the line end
	next       int // start of the next line
}

// nextLine returns the line that begins at i.
func nextLine(head string, i int, odd *Oddities) line {
	l := line{start: i, end: len(head), next: len(head)}
	if lf := strings.IndexByte(head[i:], '\n'); lf >= 0 {
		l.end, l.next = i+lf, i+lf+1
	}
	switch {
	case l.end > i && head[l.end-1] == '\r':
		l.end--
	case l.next > l.end:
		*odd |= BareLF
	}
	*odd |= oddBytes(head[i:l.end])
	return l
}

func oddBytes(s string) (odd Oddities) {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 0x20 && c < 0x7f, c == '\t':
		case c == '\r':
			odd |= BareCR
		case c >= 0x80:
			odd |= BeyondASCII
		default:
			odd |= ControlBytes
		}
	}
	return odd
}

// parseFields reads the field lines of a head from i on.
func parseFields(head string, i int, odd *Oddities) Fields {
	fields := make(Fields, 0, 16)
	valueAt := -1 // where the value of the last field begins, for continued lines
	for i < len(head) {
		l := nextLine(head, i, odd)
		i = l.next
		if l.start == l.end {
			break
		}
		text := head[l.start:l.end]
		if text[0] == ' ' || text[0] == '\t' {
			if valueAt < 0 {
				*odd |= FoldFirst
				continue
			}
			*odd |= ObsoleteFold
			fields[len(fields)-1].Value = strings.Trim(head[valueAt:l.end], blank)
			continue
		}
		colon := strings.IndexByte(text, ':')
		if colon < 0 {
			*odd |= NoColon
			valueAt = -1
			continue
		}
		valueAt = l.start + colon + 1
		fields = append(fields, Field{fieldName(text[:colon], odd), strings.Trim(text[colon+1:], blank)})
	}
	return fields
}

func fieldName(s string, odd *Oddities) string {
	name := strings.TrimRight(s, blank)
	if len(name) < len(s) {
		*odd |= SpaceBeforeColon
	}
	if !isToken(name) {
		*odd |= BadName
	}
	return name
}

// isToken reports whether s is a token (RFC 9110 §5.6.2).
func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isTokenByte(s[i]) {
			return false
		}
	}
	return s != ""
}

func isTokenByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}
