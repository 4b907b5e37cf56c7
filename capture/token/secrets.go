package token

import (
	"cmp"
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strings"

	"why403/capture"
)

// secrets finds values again without keeping them: by their last bytes, which for
// signed tokens are the random ones, and then by fingerprint.
type secrets struct {
	byTail recent[uint64, []secret]
	filter [1 << 14]uint64 // one bit for each hash of a tail that was ever put in
}

type secret struct {
	print  capture.Fingerprint
	length int
}

// tailBytes is how much of a value's end is indexed. Shorter values are masked only
// where they travel: four letters would be found everywhere.
const tailBytes = 6

// maxSecret bounds what is learned; nothing longer passes as a field of a head.
const maxSecret = 64 << 10

// maxCompared bounds how many bytes of one text are compared with secrets of the same
// tail. A text that needs more is masked as a whole: only somebody who wants to slow
// us down comes to this.
const maxCompared = 1 << 20

func bit(tail uint64) (word, mask uint64) {
	h := tail * 0x9e3779b97f4a7c15 >> 44 // 20 bits (Fibonacci hashing)
	return h >> 6, 1 << (h & 63)
}

func tailOf(s string) (tail uint64) {
	for _, c := range []byte(s[len(s)-tailBytes:]) {
		tail = tail<<8 | uint64(c)
	}
	return tail
}

// learn remembers a secret in the forms that it may come back in: escaped for a URL
// (RFC 3986 §2.1, in capitals or not), for JSON and for HTML. Placeholders are none.
func (k *Keeper) learn(value string) {
	if isPlaceholder(value) || isMark(value) {
		return
	}
	k.learnForm(value)
	if i := strings.LastIndexByte(value, '.'); strings.Count(value, ".") >= 2 {
		k.learnForm(value[i+1:]) // the signature: with the claims it is the token
	}
	if strings.IndexFunc(value, isEscaped) < 0 {
		return
	}
	quoted, _ := json.Marshal(value)
	query, page := url.QueryEscape(value), html.EscapeString(value)
	for _, form := range []string{
		query, lowerEscapes(query), url.PathEscape(value), strings.ReplaceAll(value, "/", `\/`),
		string(quoted[1 : len(quoted)-1]), page, strings.ReplaceAll(page, "+", "&#43;"),
	} {
		if form != value {
			k.learnForm(form)
		}
	}
}

// isEscaped reports whether some form of escaping changes a character.
func isEscaped(r rune) bool {
	return !('0' <= r && r <= '9' || 'a' <= r|0x20 && r|0x20 <= 'z' || r == '-' || r == '_' || r == '.' || r == '~')
}

// lowerEscapes writes %2B as %2b.
func lowerEscapes(s string) string {
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:], strings.ToLower(s[i+1:i+3]))
		}
	}
	return string(b)
}

func (k *Keeper) learnForm(value string) {
	if len(value) < tailBytes || len(value) > maxSecret {
		return
	}
	tail, s := tailOf(value), secret{k.Fingerprint(value), len(value)}
	k.mu.Lock()
	defer k.mu.Unlock()
	have, _ := k.learned.byTail.get(tail)
	if slices.Contains(have, s) || len(have) >= 64 {
		return
	}
	word, mask := bit(tail)
	k.learned.filter[word] |= mask
	k.learned.byTail.put(tail, append(slices.Clone(have), s))
}

// span is a part of a text.
type span struct{ from, to int }

// reappearing finds learned secrets in a text.
func (k *Keeper) reappearing(text string) (spans []span) {
	compared := 0
	for _, c := range k.candidates(text) {
		from := c.end - c.length
		if compared += c.length; compared > maxCompared {
			return []span{{0, len(text)}}
		}
		if k.Fingerprint(text[from:c.end]) == c.print {
			spans = append(spans, span{from, c.end})
		}
	}
	return spans
}

// candidate is a place in a text that a secret may end at.
type candidate struct {
	secret
	end int
}

// candidates finds the tails of learned secrets in a text.
func (k *Keeper) candidates(text string) (found []candidate) {
	k.mu.Lock()
	defer k.mu.Unlock()
	const window = 1<<(8*tailBytes) - 1
	tail := uint64(0)
	for i := range len(text) {
		tail = (tail<<8 | uint64(text[i])) & window
		if word, mask := bit(tail); i+1 < tailBytes || k.learned.filter[word]&mask == 0 {
			continue
		}
		have, _ := k.learned.byTail.get(tail)
		for _, s := range have {
			if s.length <= i+1 && len(found) < maxCompared/tailBytes {
				found = append(found, candidate{s, i + 1})
			}
		}
	}
	return found
}

// maskSpans replaces parts of a text by marks; parts that overlap become one.
func (k *Keeper) maskSpans(text string, spans []span) string {
	if len(spans) == 0 {
		return text
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to)) })
	var out strings.Builder
	done := 0
	for i := 0; i < len(spans); {
		part := spans[i]
		for i++; i < len(spans) && spans[i].from < part.to; i++ {
			part.to = max(part.to, spans[i].to)
		}
		out.WriteString(text[done:part.from])
		out.WriteString(k.markOf(text[part.from:part.to]))
		done = part.to
	}
	out.WriteString(text[done:])
	return out.String()
}
