package reports

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// visible replaces what a reader could not see, or what could make him see
// something else: control characters except the line feed (which would steer a
// terminal), bidirectional controls and other invisible format characters (which
// reorder or hide text; UTS #55), and bytes that are not UTF-8. What it puts in
// their place has no meaning in HTML, so that it can be the last step of a page.
//
// It is idempotent.
func visible(s string) string {
	if !hasInvisible(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, `\x%02x`, s[i])
		} else {
			b.WriteString(visibleRune(r))
		}
		i += size
	}
	return b.String()
}

func hasInvisible(s string) bool {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if isInvisible(r) || r == utf8.RuneError && size == 1 {
			return true
		}
		i += size
	}
	return false
}

// isInvisible is true for the categories Cc (but not the line feed), Cf, Zl and Zp.
func isInvisible(r rune) bool {
	return r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp))
}

func visibleRune(r rune) string {
	switch {
	case !isInvisible(r):
		return string(r)
	case r == '\t':
		return "→"
	case r < 0x20:
		return string('␀' + r) // the Control Pictures block
	case r == 0x7f:
		return "␡"
	}
	return fmt.Sprintf("‹U+%04X›", r)
}

// line is text for one line: a line feed is made visible too.
func line(s string) string {
	return visible(strings.ReplaceAll(strings.TrimSpace(s), "\n", "␊"))
}
