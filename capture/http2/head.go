package http2

import (
	"strings"

	"golang.org/x/net/http2/hpack"
)

// Pseudo are the pseudo-header fields of a request or a response (RFC 9113 §8.3),
// "" where there is none, and some of the others. All of it may hold secrets.
type Pseudo struct {
	Method, Scheme, Authority, Path string
	Protocol                        string // of an extended CONNECT (RFC 8441 §4)
	Status                          string
}

// PseudoOf returns the pseudo-header fields among fields.
func PseudoOf(fields []hpack.HeaderField) (p Pseudo) {
	for _, f := range fields {
		switch f.Name {
		case ":method":
			p.Method = f.Value
		case ":scheme":
			p.Scheme = f.Value
		case ":authority":
			p.Authority = f.Value
		case ":path":
			p.Path = f.Value
		case ":protocol":
			p.Protocol = f.Value
		case ":status":
			p.Status = f.Value
		}
	}
	return p
}

// Get returns the value of the first field with that name, "" if there is none.
func Get(fields []hpack.HeaderField, name string) string {
	for _, f := range fields {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// Head writes a header block as an HTTP/1.1 head: a start line of the pseudo-header
// fields with HTTP/2 as its version, the other fields in their order, an empty line.
// :authority and :protocol, for which HTTP/1.1 has no place in the start line of an
// upgrade, become fields under their own names. Line ends and other control bytes,
// which HTTP/2 forbids in fields, become spaces so that one field stays one line.
func Head(fields []hpack.HeaderField) string {
	p := PseudoOf(fields)
	var b strings.Builder
	if p.Status != "" {
		b.WriteString("HTTP/2 " + clean(p.Status))
	} else {
		b.WriteString(clean(p.Method) + " " + strings.ReplaceAll(clean(p.Path), " ", "%20") + " HTTP/2")
	}
	b.WriteString("\r\n")
	for _, f := range fields {
		switch name := f.Name; {
		case name == ":authority" || name == ":protocol":
			b.WriteString(name + ": " + clean(f.Value) + "\r\n")
		case !strings.HasPrefix(name, ":"):
			b.WriteString(strings.ReplaceAll(clean(name), ":", " ") + ": " + clean(f.Value) + "\r\n")
		}
	}
	b.WriteString("\r\n")
	return b.String()
}

func clean(s string) string {
	if strings.IndexFunc(s, isControl) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if isControl(r) {
			return ' '
		}
		return r
	}, s)
}

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
