package token

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
)

// authorization masks credentials (RFC 9110 §11.4): a scheme and one token, or a
// token alone, or parameters, all of which is masked as one.
func (f *find) authorization(field, value string) string {
	scheme, token := splitScheme(value)
	if strings.EqualFold(strings.TrimSpace(scheme), "basic") {
		f.basic(token)
	}
	if field == "authorization" {
		f.add(&f.Credentials, "authorization", strings.TrimSpace(scheme), token)
	} else {
		f.k.learn(token)
	}
	return scheme + f.k.markOf(token)
}

// basic reads Basic credentials (RFC 7617 §2).
func (f *find) basic(token string) {
	raw, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return
	}
	user, password, _ := strings.Cut(string(raw), ":")
	f.Basic = unescape(user)
	f.k.learn(password)
	f.k.learn(unescape(password))
}

// splitScheme splits credentials into the scheme with the white space behind it, and
// the rest. Without a known scheme a single word is all token.
func splitScheme(value string) (scheme, token string) {
	n := strings.IndexAny(value, blank)
	if n < 0 {
		if isKnownScheme(value) {
			return value, ""
		}
		return "", value
	}
	if !isScheme(value[:n]) {
		return "", value
	}
	token = strings.TrimLeft(value[n:], blank)
	return value[:len(value)-len(token)], token
}

// isScheme reports whether a word can be an authentication scheme and no secret.
func isScheme(s string) bool {
	return isKnownScheme(s) || len(s) <= 20 && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz-") == "" || strings.HasPrefix(s, "AWS4-") && len(s) < 24
}

func isKnownScheme(s string) bool {
	switch strings.ToLower(s) {
	case "bearer", "basic", "digest", "token", "negotiate", "ntlm", "dpop", "apikey", "jwt", "oauth", "hoba", "mutual", "key":
		return true
	}
	return false
}

// cookie masks the values of a Cookie field (RFC 6265 §4.2). Those that can be a
// token are credentials.
func (f *find) cookie(value string) string {
	parts := strings.Split(value, ";")
	for i, part := range parts {
		before, text, ok := strings.Cut(part, "=")
		if !ok {
			before, text = part[:len(part)-len(strings.TrimLeft(part, " \t"))], strings.TrimLeft(part, " \t")
		} else {
			before += "="
		}
		text = strings.TrimRight(text, " \t")
		name := strings.TrimSpace(strings.TrimSuffix(before, "="))
		inner := strings.Trim(text, `"`)
		class := classify(name)
		if class == credential || looksJWT(inner) || class == maybe && looksRandom(inner) {
			f.add(&f.cookies, "cookie:"+name, "", inner)
		} else if looksRandom(inner) {
			f.k.learn(inner)
		}
		parts[i] = before + f.k.markOf(text)
	}
	return strings.Join(parts, ";")
}

// setCookie masks the value of a Set-Cookie field and leaves its attributes (RFC
// 6265 §4.1).
func (k *Keeper) setCookie(value string) string {
	pair, attributes, _ := strings.Cut(value, ";")
	name, text, ok := strings.Cut(pair, "=")
	if !ok {
		return k.markOf(value)
	}
	if inner := strings.Trim(strings.TrimSpace(text), `"`); looksRandom(inner) {
		k.learn(inner)
	}
	return name + "=" + k.markOf(text) + k.MaskText(value[len(pair):len(value)-len(attributes)]+attributes)
}

// target masks a request target or a URL.
func (f *find) target(target string) string {
	rest, fragment := cutAt(target, '#')
	path, query := cutAt(rest, '?')
	out := f.k.MaskText(path)
	if query == "" {
		return out + f.k.MaskText(fragment)
	}
	parts := strings.Split(query[1:], "&")
	for i, part := range parts {
		parts[i] = f.parameter(part)
	}
	return out + "?" + strings.Join(parts, "&") + f.k.MaskText(fragment)
}

// cutAt splits s before the first c.
func cutAt(s string, c byte) (before, from string) {
	if i := strings.IndexByte(s, c); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// parameter masks one name=value of a query.
func (f *find) parameter(part string) string {
	name, raw, ok := strings.Cut(part, "=")
	if !ok {
		return f.k.MaskText(part)
	}
	name = unescape(name)
	value := unescape(raw)
	class := classify(name)
	if class == maybe {
		switch {
		case f.wrapped("query:"+name, value):
			class = secretName
		case looksJWT(value), looksRandom(value):
			class = credential
		default:
			class = harmless
		}
	}
	before := f.k.MaskText(part[:len(part)-len(raw)-1]) + "="
	switch {
	case class == secretName:
		f.k.learn(value)
		f.k.learn(raw)
		return before + f.k.markOf(value)
	case class == credential || looksJWT(value):
		scheme, token := splitScheme(value)
		f.add(&f.query, "query:"+name, strings.TrimSpace(scheme), token)
		f.k.learn(raw)
		return before + strings.ReplaceAll(scheme, " ", "%20") + f.k.markOf(token)
	case f.k.MaskText(value) != value && value != raw: // a URL within the URL
		return before + f.k.markOf(raw)
	default:
		return before + f.k.MaskText(raw)
	}
}

// wrapped looks for credentials in base64 of a JSON object, as AWS AppSync takes
// them in the query (header=…) and in a subprotocol (header-…).
func (f *find) wrapped(place, value string) (found bool) {
	raw, ok := decodeJOSE(value)
	if !ok || len(raw) == 0 || raw[0] != '{' {
		return false
	}
	var fields map[string]any
	if json.Unmarshal(raw, &fields) != nil {
		return false
	}
	for _, name := range sortedNames(fields) {
		if token, ok := fields[name].(string); ok && classify(name) == credential {
			scheme, token := splitScheme(token)
			list := &f.query
			if place == "subprotocol" {
				list = &f.protocols
			}
			f.add(list, place, strings.TrimSpace(scheme), token)
			found = true
		}
	}
	return found
}

// unescape undoes percent encoding and leaves + alone: tokens in base64 have it.
func unescape(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}
