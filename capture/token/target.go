package token

import (
	"encoding/json"
	"net/url"
	"strings"
)

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
	class := classify(name).of(value)
	if (name == "header" || name == "payload") && f.wrapped("query:"+name, value) {
		class = secretName
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
