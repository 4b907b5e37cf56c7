package token

import "strings"

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
		if looksJWT(inner) || class.of(inner) == credential || class == sessionName && looksRandom(inner) {
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
