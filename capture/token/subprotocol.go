package token

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// protocolForms are the beginnings of subprotocols that carry a token behind a dot,
// some of them in base64url.
var protocolForms = [...]struct {
	prefix  string
	encoded bool
}{
	{"base64url.bearer.authorization.k8s.io.", true}, // Kubernetes
	{"base64url.bearer.phx.", true},                  // Phoenix
	{"base64url.bearer.", true},
	{"openai-insecure-api-key.", false},
	{"xai-client-secret.", false},
	{"authorization.bearer.", false},
	{"bearer.", false}, {"access_token.", false}, {"access-token.", false}, {"authorization.", false},
	{"token.", false}, {"jwt.", false}, {"auth.", false}, {"apikey.", false}, {"api-key.", false}, {"bearer-", false},
}

// subprotocols masks a Sec-WebSocket-Protocol field (RFC 6455 §11.3.4): tokens travel
// as the end of a subprotocol, or as the one behind a sentinel such as "bearer".
func (f *find) subprotocols(value string) string {
	items := strings.Split(value, ",")
	for i, item := range items {
		name := strings.Trim(item, " \t\r\n")
		lead := item[:strings.Index(item, name)]
		masked := f.subprotocol(name, f.sentinel)
		f.sentinel = ""
		if isSentinel(name) {
			f.sentinel = name
		}
		items[i] = lead + masked + item[len(lead)+len(name):]
	}
	return strings.Join(items, ",")
}

// subprotocol masks one subprotocol that stands behind a sentinel or "".
func (f *find) subprotocol(name, sentinel string) string {
	for _, form := range protocolForms {
		if len(name) <= len(form.prefix) || !strings.EqualFold(name[:len(form.prefix)], form.prefix) {
			continue
		}
		rest := name[len(form.prefix):]
		value := rest
		if raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(rest, "=")); form.encoded && err == nil && utf8.Valid(raw) {
			value = string(raw)
			f.k.learn(rest)
		}
		f.add(&f.protocols, "subprotocol", name[:len(form.prefix)-1], value)
		return name[:len(form.prefix)] + f.k.markOf(value)
	}
	switch {
	case name == "":
		return name
	case sentinel != "" && !isProtocolName(name):
		f.add(&f.protocols, "subprotocol", sentinel, name)
		return f.k.markOf(name)
	case strings.HasPrefix(name, "header-") && f.wrapped("subprotocol", name[len("header-"):]):
		f.k.learn(name[len("header-"):])
		return "header-" + f.k.markOf(name[len("header-"):])
	}
	if i := strings.Index(name, "eyJ"); i >= 0 && beginsWord(name, i) && len(name)-i >= 10 {
		f.add(&f.protocols, "subprotocol", strings.TrimRight(name[:i], ".-_"), name[i:])
		return name[:i] + f.k.markOf(name[i:])
	}
	if !isProtocolName(name) && looksRandom(name) {
		f.add(&f.protocols, "subprotocol", "", name)
		return f.k.markOf(name)
	}
	return f.k.MaskText(name)
}

// isSentinel reports whether a subprotocol says that the next one is the token.
func isSentinel(name string) bool {
	switch strings.ToLower(name) {
	case "token", "bearer", "access_token", "access-token", "authorization", "jwt", "auth", "apikey", "api-key", "api_key":
		return true
	}
	return false
}

// isProtocolName reports whether a subprotocol is one of those that are registered
// or well known, so that it is no token.
func isProtocolName(name string) bool {
	n := strings.ToLower(name)
	if strings.HasSuffix(n, ".stomp") || strings.HasPrefix(n, "graphql-") || strings.HasPrefix(n, "mqtt") || strings.HasSuffix(n, ".k8s.io") ||
		strings.HasPrefix(n, "ocpp") || strings.HasPrefix(n, "wamp.") || strings.HasPrefix(n, "openai-beta.") || strings.HasPrefix(n, "xmpp") {
		return true
	}
	return strings.Trim(n, "abcdefghijklmnopqrstuvwxyz.-_") == "" && len(n) <= 24 && strings.ContainsAny(n, ".-")
}
