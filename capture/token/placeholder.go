package token

import "strings"

// emptyLiteral is the literal of a placeholder that is no text at all: "Bearer" and
// nothing behind it.
const emptyLiteral = "(empty)"

// isPlaceholder reports whether a value is a literal that a tool sends when it has no
// token. Such literals are no secrets: they must not be able to hide one, so only
// forms with a name inside count.
func isPlaceholder(s string) bool {
	if len(s) > 64 {
		return false
	}
	switch strings.ToLower(s) {
	case "", "null", "undefined", "none", "nil", "nan", "false", "[object object]", "not_found", "not found", "n/a",
		"token", "access_token", "accesstoken", "your_token", "your-token", "<token>", "<access_token>", "{token}", "{access_token}", "yourtoken", "<your_token>":
		return true
	}
	if name, ok := strings.CutSuffix(strings.ToUpper(s), "_NOT_FOUND"); ok { // JMeter's extractors, by convention
		return isName(name)
	}
	for _, q := range [...][2]string{{"${", "}"}, {"$%7B", "%7D"}, {"%24%7B", "%7D"}, {"{{", "}}"}, {"#{", "}"}, {"<%=", "%>"}, {"__", "__"}, {"$(", ")"}, {"%(", ")s"}} {
		if inner, ok := strings.CutPrefix(s, q[0]); ok {
			if inner, ok = strings.CutSuffix(inner, q[1]); ok {
				return isName(strings.TrimSpace(inner))
			}
		}
	}
	if name, ok := strings.CutPrefix(s, "$"); ok { // a shell variable that nobody set
		return isName(name) && name == strings.ToUpper(name)
	}
	return false
}

// isName reports whether s can be the name of a variable or a call such as
// __P(token,).
func isName(s string) bool {
	if s == "" || len(s) > 40 {
		return false
	}
	if '0' <= s[0] && s[0] <= '9' {
		return false
	}
	digits := 0
	for i := range len(s) {
		c := s[i]
		if '0' <= c && c <= '9' {
			digits++
		} else if ('a' > c|0x20 || c|0x20 > 'z') && strings.IndexByte("_-.,:() ", c) < 0 {
			return false
		}
	}
	return digits <= 4
}
