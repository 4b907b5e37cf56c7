package token

import "strings"

// nameClass says what a value is by the name it goes under, in a field, a cookie, a
// query, a form, JSON or a command line.
type nameClass uint8

const (
	harmless   nameClass = iota
	secretName           // its value is masked
	credential           // its value is masked, and it is what lets a client in
	maybe                // a credential if it looks like one
)

// classify classifies a name. Case and separators do not matter: access_token,
// X-Access-Token and accessToken are the same.
func classify(name string) nameClass {
	n := plainName(name)
	switch n {
	case "":
		return harmless
	case "t", "key", "sid", "session", "ticket", "auth", "authentication", "code", "state", "nonce", "header", "payload", "id", "pass":
		return maybe
	case "pin", "otp", "sig":
		return secretName
	case "secwebsocketkey", "setcookie", "cookie":
		return harmless // not by name: they are looked into
	}
	for _, end := range secretEnds {
		if strings.HasSuffix(n, end) {
			return secretName
		}
	}
	for _, end := range credentialEnds {
		if strings.HasSuffix(n, end) {
			switch {
			case strings.Contains(n, "ratelimit"): // a number of tokens in a bucket
				return harmless
			case strings.Contains(n, "csrf"), strings.Contains(n, "xsrf"), strings.Contains(n, "refresh"):
				return secretName
			}
			return credential
		}
	}
	return harmless
}

var secretEnds = [...]string{
	"secret", "secretkey", "password", "passwd", "pwd", "passphrase", "assertion", "signature", "codeverifier",
	"devicecode", "usercode", "privatekey", "secretaccesskey", "requesttoken", "csrf", "xsrf",
}

var credentialEnds = [...]string{
	"token", "tokens", "jwt", "apikey", "accesskey", "accesskeyid", "subscriptionkey", "authkey", "bearer", "authorization", "credential", "credentials",
	"sessionid", "sessid", "sessionkey", "jwtassertion", "authcookie", "clientkey", "xauth", "userauth",
}

// isPasswordName reports whether prose behind that name and a colon is a secret,
// whatever it looks like.
func isPasswordName(name string) bool {
	n := plainName(name)
	return strings.HasSuffix(n, "password") || strings.HasSuffix(n, "secret") || strings.HasSuffix(n, "passphrase") || strings.HasSuffix(n, "passwd") ||
		strings.HasSuffix(n, "pwd") || strings.HasSuffix(n, "apikey")
}

// plainName returns name in lower case, letters and digits only.
func plainName(name string) string {
	plain := true
	for i := 0; i < len(name) && plain; i++ {
		plain = 'a' <= name[i] && name[i] <= 'z' || '0' <= name[i] && name[i] <= '9'
	}
	if plain {
		return name
	}
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			return r
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		default:
			return -1
		}
	}, name)
}

// looksRandom reports whether s is long and mixed enough to be made by a machine and
// not to be a name or a sentence.
func looksRandom(s string) bool {
	if len(s) < 16 {
		return false
	}
	digits, letters := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			digits++
		case 'a' <= c|0x20 && c|0x20 <= 'z':
			letters++
		case c <= ' ' || c >= 0x7f || strings.IndexByte("<>\"(){}", c) >= 0:
			return false
		}
	}
	return digits >= 2 && letters >= 2
}
