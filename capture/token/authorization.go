package token

import (
	"encoding/base64"
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
