package token

import (
	"path/filepath"
	"strings"
)

// MaskArgs returns a command line without its secrets: properties and flags named
// like one (-Jclient.secret=x, --password x), headers, URLs with user information or
// tokens.
func (k *Keeper) MaskArgs(argv []string) []string {
	out := make([]string, len(argv))
	jmeter := len(argv) > 0 && strings.Contains(strings.ToLower(filepath.Base(argv[0])), "jmeter")
	secret := harmless // what the next argument is
	for i, arg := range argv {
		switch {
		case secret != harmless:
			out[i], secret = k.markOf(arg), harmless
		default:
			out[i] = k.maskArg(arg)
			secret = announces(arg, jmeter)
		}
	}
	return out
}

// announces says what a flag makes of the argument behind it.
func announces(arg string, jmeter bool) nameClass {
	name := strings.TrimLeft(arg, "-")
	switch {
	case name == arg || name == "" || strings.ContainsAny(arg, "=:"):
		return harmless
	case arg == "-u" || arg == "--user" || arg == "--proxy-user" || arg == "-U" || arg == "-b" || arg == "--cookie" || arg == "--auth":
		return secretName
	case arg == "-a" && jmeter: // password of JMeter's own proxy
		return secretName
	case classify(name) >= maybe:
		return harmless
	}
	return classify(name)
}

// maskArg masks an argument on its own.
func (k *Keeper) maskArg(arg string) string {
	name, value, ok := strings.Cut(arg, "=")
	plain := strings.TrimLeft(name, "-")
	if len(name)-len(plain) == 1 && plain != "" && strings.IndexByte("JDGLe", plain[0]) >= 0 { // JMeter's and Java's properties
		plain = plain[1:]
	}
	if ok && announces(name, false) == secretName { // --proxy-user=user:password
		return name + "=" + k.markOf(value)
	}
	if ok && !strings.ContainsAny(plain, " /?&") {
		if classify(plain).of(value) != harmless {
			return name + "=" + k.markOf(value)
		}
	}
	if field, value, ok := strings.Cut(arg, ":"); ok && !strings.ContainsAny(field, "/=") {
		if c := classify(field); c == credential || c == secretName || isHeader(field) { // -H "Name: value"
			lead := value[:len(value)-len(strings.TrimLeft(value, " "))]
			scheme, token := splitScheme(value[len(lead):])
			return field + ":" + lead + scheme + k.markOf(token)
		}
	}
	f := find{k: k, quiet: true}
	if strings.Contains(arg, "://") {
		return k.MaskText(f.target(arg))
	}
	return k.MaskText(arg)
}
