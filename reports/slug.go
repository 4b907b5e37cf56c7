package reports

import (
	"fmt"
	"strings"
)

// slugs hands out anchors: lower-case letters, digits and hyphens, each once.
type slugs map[string]bool

func (s slugs) take(text string) string {
	id := slug(text)
	for n := 2; s[id]; n++ {
		id = fmt.Sprintf("%s-%d", slug(text), n)
	}
	s[id] = true
	return id
}

func slug(text string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 60 {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}
