package token

import (
	"path/filepath"
	"slices"
	"strings"
)

// MaskArgs returns a command line without its secrets: properties and flags named
// like one (-Jclient.secret=x, --password x), headers, URLs with user information or
// tokens.
func (k *Keeper) MaskArgs(argv []string) []string {
	out := make([]string, len(argv))
	jmeter := slices.ContainsFunc(argv, func(arg string) bool {
		return strings.Contains(strings.ToLower(filepath.Base(arg)), "jmeter")
	})
	flag := ""
	for i, arg := range argv {
		if isSecretBehind(flag, arg, jmeter) {
			out[i], flag = k.markOf(arg), ""
			continue
		}
		out[i], flag = k.maskArg(arg), arg
	}
	return out
}

// isSecretBehind reports whether arg is a secret because of the flag before it.
func isSecretBehind(flag, arg string, jmeter bool) bool {
	name := strings.TrimLeft(flag, "-")
	switch flag {
	case name: // no flag
		return false
	case "-u", "-U", "--user", "--proxy-user", "-b", "--cookie", "--auth":
		return true
	case "-a", "-A": // hey, ab: user:password; JMeter: the password of its own proxy
		_, password, ok := strings.Cut(arg, ":")
		return jmeter && flag == "-a" || ok && strings.Trim(password, "0123456789") != ""
	}
	if strings.ContainsAny(flag, "=:") {
		return false
	}
	c := classify(name)
	return c == secretName || c == credential
}

// maskArg masks an argument on its own.
func (k *Keeper) maskArg(arg string) string {
	name, value, ok := strings.Cut(arg, "=")
	plain := strings.TrimLeft(name, "-")
	if len(name)-len(plain) == 1 && plain != "" && strings.IndexByte("JDGLe", plain[0]) >= 0 { // JMeter's and Java's properties
		plain = plain[1:]
	}
	if ok && isSecretBehind(name, value, false) { // --proxy-user=user:password
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
