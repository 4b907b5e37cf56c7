package token

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"why403/capture"
)

// Grant is what is kept of a token request (RFC 6749 §4): no secret.
type Grant struct{ Type, ClientID, Scope string }

// Grant reads the body of a token request, as a form (RFC 6749 §3.2) or as JSON, and
// learns the secrets in it. basic is the user name of Basic credentials. It returns
// false if the body is no token request.
func (k *Keeper) Grant(body []byte, basic string) (g Grant, ok bool) {
	fields := formFields(string(body))
	if s := strings.TrimSpace(string(body)); strings.HasPrefix(s, "{") {
		fields = jsonFields([]byte(s))
	}
	if fields["grant_type"] == "" {
		return Grant{}, false
	}
	id := fields["client_id"]
	for name, value := range fields {
		if isGrantSecret(name) && value != id {
			k.learn(value)
		}
	}
	if id == "" {
		id = basic
	}
	kept := func(s string) string { return clip(k.MaskText(clip(s, maxText)), maxText) }
	return Grant{Type: kept(fields["grant_type"]), ClientID: kept(id), Scope: kept(fields["scope"])}, true
}

// isGrantSecret reports whether a parameter of a token request is a secret.
func isGrantSecret(name string) bool {
	switch name {
	case "code", "device_code", "subject_token", "actor_token":
		return true
	}
	return classify(name) != harmless
}

// formFields reads a form, of parameters given twice the first.
func formFields(body string) map[string]string {
	fields := map[string]string{}
	for part := range strings.SplitSeq(body, "&") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		name, value = formUnescape(name), formUnescape(value)
		if _, have := fields[name]; !have && len(fields) < maxItems {
			fields[name] = value
		}
	}
	return fields
}

func formUnescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// jsonFields reads the strings and numbers of a JSON object.
func jsonFields(body []byte) map[string]string {
	var object map[string]any
	if json.Unmarshal(body, &object) != nil {
		return nil
	}
	fields := map[string]string{}
	for name, v := range object {
		switch v := v.(type) {
		case string:
			fields[name] = v
		case float64:
			fields[name] = strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	return fields
}

// Issue is what is kept of the answer to a token request (RFC 6749 §5).
type Issue struct {
	Token     capture.Fingerprint
	Tokens    []capture.Token // those that were not told before
	ExpiresIn time.Duration
	Error     string
}

// maxLife bounds expires_in: a century is not a life that anyone means.
const maxLife = 100 * 365 * 24 * time.Hour

// Issue reads a token endpoint's answer. It returns false if that is neither a
// success (§5.1) nor an error (§5.2).
func (k *Keeper) Issue(body []byte, at capture.Instant) (is Issue, ok bool) {
	fields := jsonFields(body)
	for _, name := range []string{"refresh_token", "id_token", "device_token", "refreshToken", "idToken"} {
		if v := fields[name]; v != "" {
			k.learn(v)
		}
	}
	value := fields["access_token"]
	if value == "" {
		value = fields["accessToken"]
	}
	if value != "" {
		t := k.read(value, at)
		k.learn(value)
		is.Token, is.Tokens = t.Fingerprint, k.tell(t)
	}
	if s, err := strconv.ParseFloat(fields["expires_in"], 64); err == nil && s > 0 && s <= maxLife.Seconds() {
		is.ExpiresIn = time.Duration(s * float64(time.Second))
	}
	is.Error = clip(k.MaskText(clip(fields["error"], maxText)), maxText)
	return is, value != "" || is.Error != ""
}
