package sim

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
)

// TokenMode says which upgrades share a token.
type TokenMode string

const (
	TokenDefault   TokenMode = ""          // iteration with a TokenURL, else static with a Token, else none
	TokenIteration TokenMode = "iteration" // fetched before every attempt
	TokenThread    TokenMode = "thread"    // one for each thread
	TokenGroup     TokenMode = "group"     // one for each group of threads, see Groups
	TokenShared    TokenMode = "shared"    // one for all
	TokenStatic    TokenMode = "static"    // Token
	TokenNone      TokenMode = "none"      // no Authorization field
)

// TokenPlace is where an upgrade carries its token.
type TokenPlace string

const (
	InHeader      TokenPlace = ""            // Authorization: Bearer … (RFC 6750 §2.1)
	InQuery       TokenPlace = "query"       // access_token=… (RFC 6750 §2.3)
	InCookie      TokenPlace = "cookie"      // Cookie: access_token=…
	InSubprotocol TokenPlace = "subprotocol" // Sec-WebSocket-Protocol: bearer, …
)

func (l Load) tokenMode() TokenMode {
	switch {
	case l.TokenMode != TokenDefault:
		return l.TokenMode
	case l.TokenURL != "":
		return TokenIteration
	case l.Token != "":
		return TokenStatic
	}
	return TokenNone
}

// carry puts a token into an upgrade and returns its URL and header fields.
func (l Load) carry(token string) (target string, header http.Header) {
	target, header = l.URL, http.Header{}
	maps.Copy(header, l.Header)
	if token == "" {
		return target, header
	}
	switch l.TokenIn {
	case InQuery:
		u, err := url.Parse(l.URL)
		if err != nil {
			break // Run has checked it
		}
		query := u.Query()
		query.Set("access_token", token)
		u.RawQuery = query.Encode()
		target = u.String()
	case InCookie:
		header["Cookie"] = append(slices.Clip(header["Cookie"]), "access_token="+token)
	case InSubprotocol:
		header.Set("Sec-WebSocket-Protocol", bearerProtocol+", "+token)
	default:
		header.Set("Authorization", "Bearer "+token)
	}
	return target, header
}
