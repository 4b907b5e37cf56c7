package token

import (
	"strings"
)

// prefixes are how values begin that are secrets wherever they are found, and how
// long at least: a JWT, one in base64, and keys of well-known issuers.
var prefixes = [...]struct {
	text string
	min  int
}{
	{"eyJ", 10}, {"ZXlK", 20}, {"sk-", 20}, {"rt_", 20}, {"ek_", 20}, {"ghp_", 20}, {"gho_", 20}, {"xoxb-", 20}, {"xoxp-", 20}, {"AKIA", 20}, {"ASIA", 20},
}

// shapes finds values that are secrets by their form.
func shapes(text string) (spans []span) {
	for _, p := range prefixes {
		for i := 0; ; {
			n := strings.Index(text[i:], p.text)
			if n < 0 {
				break
			}
			i += n
			end := i + runLength(text[i:])
			if end-i >= p.min && beginsWord(text, i) {
				spans = append(spans, span{i, end})
			}
			i = max(end, i+1)
		}
	}
	return spans
}

// looksJWT reports whether a value has the form of a JWT or of its beginning.
func looksJWT(s string) bool {
	return strings.HasPrefix(s, "eyJ") && len(s) >= 10 && runLength(s) == len(s)
}

// runLength returns how many bytes at the beginning of text can be of one token
// (token68, RFC 9110 §11.2).
func runLength(text string) int {
	for i := range len(text) {
		if c := text[i]; !isWord(c) && c != '+' && c != '/' && c != '=' && c != '~' {
			return i
		}
	}
	return len(text)
}

// beginsWord reports whether what is before i is no part of a longer word. An escape
// (%22) is none.
func beginsWord(text string, i int) bool {
	if i == 0 {
		return true
	}
	c := text[i-1]
	letter := '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
	return !letter || i >= 3 && text[i-3] == '%' || i >= 2 && text[i-2] == '\\'
}

// schemes finds what is behind the words Bearer and Basic and can be no prose.
func schemes(text string) (spans []span) {
	for i := 0; i+6 < len(text); i++ {
		n := 0
		switch text[i] | 0x20 {
		case 'b':
			switch {
			case hasFold(text[i:], "bearer"):
				n = len("bearer")
			case hasFold(text[i:], "basic"):
				n = len("basic")
			}
		}
		if n == 0 || !beginsWord(text, i) {
			continue
		}
		from := i + n
		for from < len(text) && (text[from] == ' ' || text[from] == '+') || strings.HasPrefix(text[from:], "%20") {
			if text[from] == '%' {
				from += 2
			}
			from++
		}
		run := runLength(text[from:])
		if from == i+n || run < 6 || !hasDigit(text[from:from+run]) || isParameter(text[from:from+run]) {
			continue
		}
		spans = append(spans, span{from, from + run})
		i = from + run - 1
	}
	return spans
}

func hasFold(text, word string) bool {
	return len(text) >= len(word) && strings.EqualFold(text[:len(word)], word)
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// isParameter reports whether s begins a parameter of a challenge: realm="…" (RFC
// 9110 §11.2).
func isParameter(s string) bool {
	name, _, ok := strings.Cut(s, "=")
	return ok && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") == "" && strings.Trim(s[len(name):], "=") == ""
}

// userinfos finds user names and passwords in URLs (RFC 3986 §3.2.1).
func userinfos(text string) (spans []span) {
	for i := 0; ; {
		n := strings.Index(text[i:], "//")
		if n < 0 {
			return spans
		}
		i += n + 2
		end := i + indexAny(text[i:], "/?# \t\r\n\"'<>")
		if at := strings.LastIndexByte(text[i:end], '@'); at > 0 && !isMark(text[i:i+at]) {
			spans = append(spans, span{i, i + at})
		}
	}
}
