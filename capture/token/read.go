package token

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"why403/capture"
)

// Bounds of what is kept of a token.
const (
	maxClaims = 4 << 10 // bytes of JSON
	maxText   = 256     // bytes of one claim
	maxItems  = 64      // scopes, audiences
	maxJOSE   = 64 << 10
)

// read reads a token value. Nothing in it is verified.
func (k *Keeper) read(value string, seen capture.Instant) capture.Token {
	t := capture.Token{Fingerprint: k.Fingerprint(value), Kind: capture.Opaque, Length: len(value), Seen: seen}
	if isPlaceholder(value) {
		t.Kind, t.Placeholder = capture.Placeholder, strings.Clone(value)
		if value == "" {
			t.Placeholder = emptyLiteral
		}
		return t
	}
	parts := strings.Split(value, ".")
	var head struct {
		Alg, Kid, Enc any
	}
	raw, ok := decodeJOSE(parts[0])
	if !ok || len(value) > maxJOSE || len(parts) > 5 || json.Unmarshal(raw, &head) != nil {
		return t
	}
	t.Algorithm, t.KeyID = text(head.Alg), text(head.Kid)
	if len(parts) == 5 || head.Enc != nil { // RFC 7516 §3.1
		t.Kind = capture.JWE
		return t
	}
	if len(parts) < 2 {
		return t
	}
	k.readClaims(&t, parts[1])
	if t.Kind == capture.JWT && !isSigned(t.Algorithm, parts[2:]) {
		t.Kind = capture.Opaque // for a gateway, though the claims can be read
	}
	return t
}

// cutShort reports whether a token is the beginning of a JWT and no more.
func cutShort(t capture.Token) bool { return t.Kind == capture.Opaque && t.Algorithm != "" }

// isSigned reports whether what follows the claims can be a signature of that
// algorithm (RFC 7518 §3.1, RFC 8037 §3.1): it is not if it is too short.
func isSigned(algorithm string, rest []string) bool {
	if strings.EqualFold(algorithm, "none") {
		return true
	}
	bytes, known := signatureBytes[algorithm]
	if !known {
		bytes = 1
	}
	return len(rest) > 0 && len(strings.TrimRight(rest[0], "="))*3/4 >= bytes
}

// signatureBytes is how long a signature is at least, for RSA with keys of 1024 bits.
var signatureBytes = map[string]int{
	"HS256": 32, "HS384": 48, "HS512": 64, "ES256": 64, "ES256K": 64, "ES384": 96, "ES512": 132, "EdDSA": 64,
	"RS256": 128, "RS384": 128, "RS512": 128, "PS256": 128, "PS384": 128, "PS512": 128,
}

// readClaims reads a claims set (RFC 7519 §4).
func (k *Keeper) readClaims(t *capture.Token, part string) {
	raw, ok := decodeJOSE(part)
	if !ok {
		return
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var claims map[string]any
	if d.Decode(&claims) != nil || claims == nil {
		return
	}
	t.Kind = capture.JWT
	t.Issuer, t.Subject = text(claims["iss"]), text(claims["sub"])
	t.ClientID = first(claims, "client_id", "azp", "appid", "cid")
	t.Organisation = first(claims, "org_id", "orgId", "organization_id", "organisation_id", "organization", "organisation", "org", "tenant_id", "tenantId", "tenant", "tid")
	t.Audience = items(claims["aud"])
	for _, name := range []string{"scope", "scp", "scopes"} {
		if t.Scopes = items(claims[name]); t.Scopes != nil {
			break
		}
	}
	t.IssuedAt, t.NotBefore, t.ExpiresAt = date(claims["iat"]), date(claims["nbf"]), date(claims["exp"])
	var compact bytes.Buffer
	if json.Compact(&compact, raw) == nil && compact.Len() <= maxClaims {
		t.Claims = k.MaskText(compact.String())
	}
}

// decodeJOSE decodes base64url without padding (RFC 7515 §2), and what is sent in
// its place.
func decodeJOSE(s string) ([]byte, bool) {
	s = strings.TrimRight(s, "=")
	if s == "" {
		return nil, false
	}
	s = strings.NewReplacer("+", "-", "/", "_").Replace(s)
	raw, err := base64.RawURLEncoding.DecodeString(s)
	return raw, err == nil
}

// text returns a claim that is a string or a number.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return clip(v, maxText)
	case json.Number:
		return clip(v.String(), maxText)
	}
	return ""
}

// first returns the first claim there is of several names for the same.
func first(claims map[string]any, names ...string) string {
	for _, name := range names {
		if s := text(claims[name]); s != "" {
			return s
		}
	}
	return ""
}

// items returns a claim that is a string of words or an array of strings.
func items(v any) (list []string) {
	switch v := v.(type) {
	case string:
		for _, word := range strings.Fields(v) {
			list = append(list, clip(word, maxText))
		}
	case []any:
		for _, item := range v {
			if s := text(item); s != "" {
				list = append(list, s)
			}
		}
	}
	return list[:min(len(list), maxItems)]
}

// lastDate is the year 2200 in seconds: later dates are in another unit, or absurd.
const lastDate = 7258118400

// date returns a NumericDate (RFC 7519 §2), zero if it is none or absurd.
func date(v any) capture.Instant {
	var s string
	switch v := v.(type) {
	case json.Number:
		s = v.String()
	case string:
		s = v
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || f <= 0 || f >= lastDate {
		return 0
	}
	whole, part := math.Modf(f)
	return capture.Instant(int64(whole)*1e9 + int64(part*1e6)*1e3)
}

// clip returns the beginning of s, n bytes at most, without half a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n]
}
