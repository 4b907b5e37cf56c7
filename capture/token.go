package capture

import (
	"net/netip"
	"time"
)

// Fingerprint stands for a token's value: 16 hexadecimal digits of a MAC under a
// key that lives as long as the recording and is written nowhere.
type Fingerprint string

// TokenKind says what could be read of a token.
type TokenKind string

const (
	JWT         TokenKind = "jwt"         // signed, claims readable (RFC 7519)
	JWE         TokenKind = "jwe"         // encrypted (RFC 7516): header readable, claims not
	Opaque      TokenKind = "opaque"      // anything else that can be a token
	Placeholder TokenKind = "placeholder" // a literal that a tool sends when it has no token
)

// Token is what is known of one token without its value. Claims are decoded, not
// verified. Times are as the claims say, on the issuer's clock.
type Token struct {
	Fingerprint Fingerprint
	Kind        TokenKind
	Length      int     // bytes of the value
	Seen        Instant // first time it was seen
	Placeholder string  // for that kind: the literal, "${access_token}"

	Algorithm, KeyID               string // JOSE header alg, kid
	Issuer, Subject, ClientID      string // iss, sub, client_id or azp
	Organisation                   string // org_id, tenant, tid and the like
	Audience, Scopes               []string
	IssuedAt, NotBefore, ExpiresAt Instant // iat, nbf, exp
	Claims                         string  // the whole claims set as JSON, "" if not readable or over 4 KiB
}

// TokenRequest is one request to an OAuth token endpoint (RFC 6749 §3.2).
type TokenRequest struct {
	Conn, Exchange int64
	Client, Server netip.AddrPort
	URL            string // scheme, authority and path; no query

	GrantType, ClientID, Scope string // form fields of the request; the secret is never kept

	Sent, Answered, Done Instant // request sent, first byte and end of the response
	Status               int     // 0 if there was no answer
	Issued               Fingerprint
	ExpiresIn            time.Duration // expires_in (RFC 6749 §5.1), 0 if absent
	Error                string        // error code of the response (RFC 6749 §5.2)
	ResponseHead         Head
}
