package token

import (
	"strings"
)

// MaskText masks the secrets in a text of any kind: prose, JSON, forms, URLs, a head.
func (k *Keeper) MaskText(text string) string {
	spans := k.reappearing(text)
	spans = append(spans, shapes(text)...)
	spans = append(spans, pairs(text)...)
	spans = append(spans, schemes(text)...)
	spans = append(spans, userinfos(text)...)
	return k.maskSpans(text, spans)
}

// MaskBody masks a text of which the end may be missing: it may stop within a secret
// that would be known by its end, so the last word goes too.
func (k *Keeper) MaskBody(text string, whole bool) string {
	if whole {
		return k.MaskText(text)
	}
	from := strings.LastIndexAny(text, " \t\r\n\"'<>,;=&:") + 1
	if from == len(text) {
		return k.MaskText(text)
	}
	return k.MaskText(text[:from]) + k.mark("cut", text[from:])
}

// pairs finds values behind the name of a secret: name=value, "name":"value",
// name: value, <name>value</name>, with names and quotes escaped or not.
func pairs(text string) (spans []span) {
	for i := 0; ; i++ {
		n := strings.IndexAny(text[i:], "=:>")
		if n < 0 {
			return spans
		}
		i += n
		name, quoted := nameBefore(text, i)
		class := classify(name)
		if class == sessionName && text[i] == '=' {
			class = secretName
		}
		// Of names that may be a secret's, too many are not in prose: {"code":"…"}.
		if class != secretName && class != credential && !isHeader(name) {
			continue
		}
		value, ok := valueBehind(text, i, name, quoted)
		if ok {
			spans = append(spans, value)
			i = max(i, value.to-1) // which keeps this linear, too
		}
	}
}

// nameBefore returns the word before the separator at i, and whether it is in quotes.
func nameBefore(text string, i int) (name string, quoted bool) {
	end := i
	for end > 0 && (text[end-1] == ' ' || text[end-1] == '\t') {
		end--
	}
	for end > 0 && (text[end-1] == '"' || text[end-1] == '\'' || text[end-1] == '\\') {
		quoted = true
		end--
	}
	from := end
	for from > 0 && end-from < 80 && isWord(text[from-1]) {
		from--
	}
	if text[i] == '>' && (from == 0 || text[from-1] != '<') {
		return "", false
	}
	return unescape(text[from:end]), quoted
}

func isWord(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' || c == '-' || c == '.' || c == '%'
}

// valueBehind returns where the value behind the separator at i is, and whether it is
// to be masked.
func valueBehind(text string, i int, name string, quoted bool) (value span, ok bool) {
	separator := text[i]
	i++
	for i < len(text) && separator != '>' && (text[i] == ' ' || text[i] == '\t' || quoted && (text[i] == '\r' || text[i] == '\n')) {
		i++
	}
	start := i
	for i < len(text) && text[i] == '\\' {
		i++
	}
	if i < len(text) && (text[i] == '"' || text[i] == '\'') {
		value = span{i + 1, i + 1 + quoteEnd(text[i+1:], text[start:i+1])}
		return value, mask(text[value.from:value.to])
	}
	i = start
	n := indexAny(text[i:], valueEnds(separator, quoted))
	value = span{i, i + n}
	run := text[i : i+n]
	switch {
	case separator == ':' && isHeader(name):
		return lineValue(text, i)
	case separator == ':' && !quoted && !isPasswordName(name):
		return value, looksRandom(run) && mask(run)
	case quoted && strings.HasPrefix(run, "["):
		n = indexAny(text[i:], "]")
		return span{i, i + n}, n > 1
	case quoted && (strings.HasPrefix(run, "{") || run == "true" || run == "false" || len(run) < 5 && strings.Trim(run, "0123456789") == ""):
		return value, false
	}
	return value, mask(run)
}

// indexAny returns where the first of chars is in s, its end if none is.
func indexAny(s, chars string) int {
	if n := strings.IndexAny(s, chars); n >= 0 {
		return n
	}
	return len(s)
}

// mask reports whether the value of a secret is to be masked.
func mask(value string) bool { return !isPlaceholder(value) && !isMark(value) }

func valueEnds(separator byte, quoted bool) string {
	switch {
	case separator == '>':
		return "<"
	case quoted:
		return ",}\r\n \t"
	default:
		return "&;\"'<>` \t\r\n\\"
	}
}

// quoteEnd returns where the text that begins behind the quote (and the backslashes
// before it) ends.
func quoteEnd(text, quote string) int {
	for i := 0; i < len(text); i++ {
		if strings.HasPrefix(text[i:], quote) {
			return i
		}
		if text[i] == '\\' && len(quote) == 1 {
			i++
		}
	}
	return len(text)
}

// isHeader reports whether all that is behind a name and a colon belongs together.
func isHeader(name string) bool {
	switch plainName(name) {
	case "authorization", "proxyauthorization", "cookie", "setcookie":
		return true
	}
	return false
}

// lineValue returns the rest of the line, behind the scheme if there is one.
func lineValue(text string, i int) (span, bool) {
	end := i + indexAny(text[i:], "\r\n\"'<")
	if scheme, _, ok := strings.Cut(text[i:end], " "); ok && isScheme(scheme) {
		i += len(scheme) + 1
	}
	return span{i, end}, mask(text[i:end])
}
