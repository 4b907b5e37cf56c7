package sim

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxForm bounds the body of a token request, in bytes.
const maxForm = 64 << 10

// tokenError is an answer of RFC 6749 §5.2.
type tokenError struct {
	status      int
	Code        string        `json:"error"`
	Description string        `json:"error_description,omitempty"`
	basic       bool          // challenge with WWW-Authenticate
	retryAfter  time.Duration // 0 for none
}

// tokenResponse is an answer of RFC 6749 §5.1.
type tokenResponse struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int    `json:"expires_in"` // seconds
	Scope       string `json:"scope,omitempty"`
}

// ServeHTTP is the token endpoint: the client credentials grant, RFC 6749 §4.4.
func (i *issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !sleep(r.Context(), i.opt.Latency) {
		return
	}
	w.Header().Set("Server", serverName)
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	answer, failed := i.grant(time.Now(), r)
	i.count(failed)
	if failed != nil {
		failed.write(w)
		return
	}
	writeJSON(w, http.StatusOK, answer)
}

func (i *issuer) count(failed *tokenError) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if failed == nil {
		i.counts.Issued++
	} else {
		i.counts.Errors[failed.Code]++
	}
}

// grant answers one token request.
func (i *issuer) grant(now time.Time, r *http.Request) (*tokenResponse, *tokenError) {
	if failed := i.limit(now); failed != nil {
		return nil, failed
	}
	if r.Method != http.MethodPost {
		return nil, &tokenError{status: http.StatusMethodNotAllowed, Code: "invalid_request", Description: "POST is required"}
	}
	if err := r.ParseForm(); err != nil {
		return nil, badRequest("invalid_request", "the body is not a form")
	}
	switch grant := r.PostForm.Get("grant_type"); grant {
	case "client_credentials":
	case "":
		return nil, badRequest("invalid_request", "grant_type is missing")
	default:
		return nil, badRequest("unsupported_grant_type", "")
	}
	clientID, failed := i.authenticate(r)
	if failed != nil {
		return nil, failed
	}
	scope, failed := i.scope(r.PostForm.Get("scope"))
	if failed != nil {
		return nil, failed
	}
	token, err := i.issue(now, clientID, scope)
	if err != nil {
		return nil, &tokenError{status: http.StatusServiceUnavailable, Code: "temporarily_unavailable", Description: err.Error()}
	}
	if i.opt.OnIssue != nil {
		i.opt.OnIssue(token)
	}
	return &tokenResponse{token, "Bearer", int(i.life / time.Second), scope}, nil
}

// limit takes a request from the rate limit.
func (i *issuer) limit(now time.Time) *tokenError {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.rate.has(now) {
		i.rate.take()
		return nil
	}
	return &tokenError{status: http.StatusTooManyRequests, Code: "too_many_requests", retryAfter: i.rate.wait()}
}

// authenticate identifies the client by client_secret_basic or
// client_secret_post (RFC 6749 §2.3.1), of which a request may use one.
func (i *issuer) authenticate(r *http.Request) (string, *tokenError) {
	id, secret := r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	user, password, basic := r.BasicAuth()
	if basic {
		if secret != "" {
			return "", badRequest("invalid_request", "more than one kind of client authentication")
		}
		var err1, err2 error
		id, err1 = url.QueryUnescape(user)
		secret, err2 = url.QueryUnescape(password)
		if err1 != nil || err2 != nil {
			return "", badRequest("invalid_request", "malformed credentials")
		}
	}
	known := i.opt.ClientID == "" || id == i.opt.ClientID && secret == i.opt.ClientSecret
	if id == "" || !known {
		return "", &tokenError{status: http.StatusUnauthorized, Code: "invalid_client", basic: basic}
	}
	return id, nil
}

// scope returns what is granted of what was asked for.
func (i *issuer) scope(asked string) (string, *tokenError) {
	if i.opt.Scope == "" {
		return asked, nil
	}
	if asked == "" {
		return i.opt.Scope, nil
	}
	allowed := " " + i.opt.Scope + " "
	for _, s := range strings.Fields(asked) {
		if !strings.Contains(allowed, " "+s+" ") {
			return "", badRequest("invalid_scope", fmt.Sprintf("scope %q is not allowed", s))
		}
	}
	return asked, nil
}

func badRequest(code, description string) *tokenError {
	return &tokenError{status: http.StatusBadRequest, Code: code, Description: description}
}

func (e *tokenError) write(w http.ResponseWriter) {
	if e.basic {
		w.Header().Set("WWW-Authenticate", `Basic realm="token"`)
	}
	if e.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.retryAfter.Seconds()))))
	}
	writeJSON(w, e.status, e)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store") // RFC 6749 §5.1
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v) // fails only if the client is gone
}
