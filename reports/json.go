package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"why403/analysis"
)

// JSON writes the findings in the form that docs/json.md describes, indented,
// keys in a fixed order, with a line feed at the end.
func JSON(w io.Writer, f *analysis.Findings) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(f); err != nil {
		return fmt.Errorf("write findings as JSON: %w", err)
	}
	_, err := io.WriteString(w, escapeInvisible(b.String()))
	return err
}

// escapeInvisible writes invisible characters of a JSON text as escapes, so that
// it is as safe on a terminal as the other outputs and still means the same. They
// occur in its strings only (RFC 8259 §2, §7).
func escapeInvisible(s string) string {
	if !hasInvisible(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case !isInvisible(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
