package capture

import (
	"iter"
	"strings"
)

// Head is an HTTP/1.1 head as it was sent (RFC 9112 §2.1): start line and field
// lines with their order, case, duplicates and line ends, up to and including
// the empty line. Only secrets are replaced, each by a mark that keeps its
// fingerprint and length.
//
// The methods read it forgivingly; what is odd about it is in the record's
// Oddities.
type Head string

// StartLine returns the request line or status line without its line end.
func (h Head) StartLine() string {
	line, _, _ := strings.Cut(string(h), "\n")
	return strings.TrimSuffix(line, "\r")
}

// Fields yields name and value of each field line in the order sent, the value
// without surrounding white space. Lines without a colon are skipped.
func (h Head) Fields() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		_, rest, _ := strings.Cut(string(h), "\n")
		for line := range strings.Lines(rest) {
			name, value, ok := strings.Cut(line, ":")
			if ok && !yield(strings.TrimSpace(name), strings.TrimSpace(value)) {
				return
			}
		}
	}
}

// Get returns the value of the first field with that name, case ignored, and
// whether there is one.
func (h Head) Get(name string) (string, bool) { return get(h.Fields(), name) }

func get(fields iter.Seq2[string, string], name string) (string, bool) {
	for n, v := range fields {
		if strings.EqualFold(n, name) {
			return v, true
		}
	}
	return "", false
}
