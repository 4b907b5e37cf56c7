package sim

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// NoToken is what a load sends when it got no token: what JMeter's JSON
// Extractor leaves in the variable.
const NoToken = "TOKEN_NOT_FOUND"

// tokenSource gives the threads of a load their tokens.
type tokenSource struct {
	load   Load
	mode   TokenMode
	client http.Client
	tally  *tally
	shared []*keptToken // one for each group, or one for all
}

// keptToken is a token with several uses.
type keptToken struct {
	mu      sync.Mutex // held while the token is fetched: the others need the same one
	value   string
	fetched time.Time
}

func newTokenSource(l Load, config *tls.Config, tally *tally) *tokenSource {
	transport := &http.Transport{
		TLSClientConfig:     config.Clone(),
		MaxIdleConnsPerHost: 16,
		TLSHandshakeTimeout: l.Timeout,
	}
	if l.Proxy != nil {
		transport.Proxy = http.ProxyURL(l.Proxy)
	}
	s := &tokenSource{
		load: l, mode: l.tokenMode(), tally: tally,
		client: http.Client{Transport: transport, Timeout: l.Timeout},
	}
	for range max(len(l.Groups), 1) {
		s.shared = append(s.shared, &keptToken{})
	}
	return s
}

func (s *tokenSource) close() { s.client.CloseIdleConnections() }

// forThread returns where thread n gets its tokens.
func (s *tokenSource) forThread(n int) func(context.Context) string {
	switch s.mode {
	case TokenIteration:
		return s.as(n).fetchOrPlaceholder
	case TokenThread:
		own := &keptToken{}
		of := s.as(n)
		return func(ctx context.Context) string { return of.kept(ctx, own) }
	case TokenGroup:
		group := s.shared[groupOf(n, s.load.Groups)]
		return func(ctx context.Context) string { return s.kept(ctx, group) }
	case TokenShared:
		return func(ctx context.Context) string { return s.kept(ctx, s.shared[0]) }
	case TokenStatic:
		return func(context.Context) string { return s.load.Token }
	}
	return func(context.Context) string { return "" }
}

// as returns the source with the identity of thread n.
func (s *tokenSource) as(n int) *tokenSource {
	of := *s
	if s.load.Clients > 1 {
		of.load.ClientID = fmt.Sprintf("%s-%d", s.load.ClientID, n%s.load.Clients)
	}
	if len(s.load.Scopes) > 0 {
		of.load.Scope = s.load.Scopes[n%len(s.load.Scopes)]
	}
	return &of
}

// groupOf returns the index of the group that thread n is in.
func groupOf(n int, sizes []int) int {
	for i, size := range sizes {
		if n < size {
			return i
		}
		n -= size
	}
	return max(len(sizes)-1, 0)
}

// kept returns t's token, fetching it first if there is none or it is old.
func (s *tokenSource) kept(ctx context.Context, t *keptToken) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	old := s.load.RefreshAfter > 0 && time.Since(t.fetched) >= s.load.RefreshAfter
	if t.value == "" || t.value == NoToken || old {
		t.value, t.fetched = s.fetchOrPlaceholder(ctx), time.Now()
	}
	return t.value
}

func (s *tokenSource) fetchOrPlaceholder(ctx context.Context) string {
	token, kind, err := s.fetch(ctx)
	s.tally.token(kind, err)
	if err != nil {
		return NoToken
	}
	return token
}

// fetch asks the token endpoint (RFC 6749 §4.4.2). The kind of an error is the
// status of the answer, or as for upgrades.
func (s *tokenSource) fetch(ctx context.Context) (token, kind string, err error) {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {s.load.ClientID}}
	if s.load.ClientSecret != "" {
		form.Set("client_secret", s.load.ClientSecret)
	}
	if s.load.Scope != "" {
		form.Set("scope", s.load.Scope)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.load.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return "", kindOther, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := s.client.Do(req)
	if err != nil {
		return "", kindOf(err), err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxForm))
	if err != nil {
		return "", kindOf(err), err
	}
	if res.StatusCode != http.StatusOK {
		return "", fmt.Sprint(res.StatusCode), fmt.Errorf("token endpoint answered %s", res.Status)
	}
	var answer tokenResponse
	if err := json.Unmarshal(body, &answer); err != nil || answer.AccessToken == "" {
		return "", kindOther, fmt.Errorf("token endpoint answered without a token")
	}
	return answer.AccessToken, "", nil
}
