package token

import "strings"

// nameClass says what a value is by the name it goes under, in a field, a cookie, a
// query, a form, JSON or a command line.
type nameClass uint8

const (
	harmless    nameClass = iota
	secretName            // its value is masked
	credential            // its value is masked, and it is what lets a client in
	maybe                 // a credential if it looks like one
	maybeSecret           // a secret if it looks like one
	sessionName           // the same, and in a cookie a credential
)

// of returns what a value is under a name of that class.
func (c nameClass) of(value string) nameClass {
	looks := looksRandom(value) || looksJWT(value)
	switch {
	case c == maybe && looks:
		return credential
	case (c == maybeSecret || c == sessionName) && looks:
		return secretName
	case c >= maybe:
		return harmless
	default:
		return c
	}
}

// classify classifies a name. Case and separators do not matter: access_token,
// X-Access-Token and accessToken are the same.
func classify(name string) nameClass {
	n := plainName(name)
	switch n {
	case "", "secwebsocketkey", "setcookie", "cookie": // cookies are looked into
		return harmless
	case "t", "key", "ticket", "auth", "authentication":
		return maybe
	case "code", "state", "nonce":
		return maybeSecret
	case "sid", "session":
		return sessionName
	case "pin", "otp", "sig":
		return secretName
	}
	for _, e := range nameEnds {
		if strings.HasSuffix(n, e.end) {
			return e.class.but(n)
		}
	}
	return harmless
}

// but makes exceptions for names that end like a credential's.
func (c nameClass) but(name string) nameClass {
	switch {
	case c != credential:
		return c
	case strings.Contains(name, "ratelimit"): // a number of tokens in a bucket
		return harmless
	case strings.Contains(name, "csrf"), strings.Contains(name, "xsrf"), strings.Contains(name, "refresh"):
		return secretName
	default:
		return c
	}
}

// nameEnds are the ends of names by which they are known; the first that fits counts.
var nameEnds = func() (list []struct {
	end   string
	class nameClass
}) {
	for _, group := range []struct {
		class nameClass
		ends  string
	}{
		{credential, "jwtassertion"},
		{secretName, "secret secretkey password passwd pwd passphrase assertion signature codeverifier devicecode usercode privatekey secretaccesskey requesttoken csrf xsrf"},
		{credential, "token tokens jwt apikey accesskey accesskeyid subscriptionkey authkey bearer authorization credential credentials authcookie clientkey xauth userauth"},
		{sessionName, "sessionid sessid sessionkey"},
	} {
		for end := range strings.FieldsSeq(group.ends) {
			list = append(list, struct {
				end   string
				class nameClass
			}{end, group.class})
		}
	}
	return list
}()

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
	var room [32]byte // for most names of fields
	out := room[:0]
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			out = append(out, c)
		case 'A' <= c && c <= 'Z':
			out = append(out, c+'a'-'A')
		}
	}
	return string(out)
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
