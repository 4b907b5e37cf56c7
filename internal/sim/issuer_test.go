package sim

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// ask sends a token request to an issuer.
func ask(i *issuer, form string, edit func(*http.Request)) (int, http.Header, map[string]any) {
	req := httptest.NewRequest("POST", "/oauth/token", strings.NewReader(form))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if edit != nil {
		edit(req)
	}
	w := httptest.NewRecorder()
	i.ServeHTTP(w, req)
	var answer map[string]any
	json.Unmarshal(w.Body.Bytes(), &answer) // nil is caught by whoever looks at it
	return w.Code, w.Header(), answer
}

func newTestIssuer(t testing.TB, opt IssuerOptions) *issuer {
	t.Helper()
	o := GatewayOptions{Issuer: opt}.withDefaults()
	i, err := newIssuer("https://issuer.example/", o.Issuer, o.TokenLife)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestTokenEndpointAnswers(t *testing.T) {
	i := newTestIssuer(t, IssuerOptions{ClientID: "me:1", ClientSecret: "s3 cr%t", Scope: "read write"})
	basic := func(user, password string) func(*http.Request) {
		return func(r *http.Request) { r.SetBasicAuth(url.QueryEscape(user), url.QueryEscape(password)) }
	}
	const grant = "grant_type=client_credentials"
	const post = grant + "&client_id=me%3A1&client_secret=s3+cr%25t"
	tests := []struct {
		name, form string
		edit       func(*http.Request)
		status     int
		wantError  string
		scope      string
	}{
		{"secret in the form", post, nil, 200, "", "read write"},
		{"secret in Basic", grant, basic("me:1", "s3 cr%t"), 200, "", "read write"},
		{"one scope", post + "&scope=write", nil, 200, "", "write"},
		{"unknown scope", post + "&scope=write+admin", nil, 400, "invalid_scope", ""},
		{"part of a scope", post + "&scope=writ", nil, 400, "invalid_scope", ""},
		{"wrong secret", grant + "&client_id=me%3A1&client_secret=x", nil, 401, "invalid_client", ""},
		{"wrong secret in Basic", grant, basic("me:1", "x"), 401, "invalid_client", ""},
		{"no client", grant, nil, 401, "invalid_client", ""},
		{"two ways at once", post, basic("me:1", "s3 cr%t"), 400, "invalid_request", ""},
		{"Basic not encoded", grant, func(r *http.Request) { r.SetBasicAuth("%zz", "x") }, 400, "invalid_request", ""},
		{"no grant", "client_id=a", nil, 400, "invalid_request", ""},
		{"another grant", "grant_type=password", nil, 400, "unsupported_grant_type", ""},
		{"broken form", "grant_type=%zz", nil, 400, "invalid_request", ""},
		{"too long", strings.Repeat("a", maxForm+1), nil, 400, "invalid_request", ""},
		{"GET", "", func(r *http.Request) { r.Method = "GET" }, 405, "invalid_request", ""},
	}
	wantErrors := 0
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, header, answer := ask(i, tt.form, tt.edit)
			gotError, _ := answer["error"].(string)
			scope, _ := answer["scope"].(string)
			token, _ := answer["access_token"].(string)
			if status != tt.status || gotError != tt.wantError || scope != tt.scope || (token != "") != (status == 200) {
				t.Errorf("answered %d %v, want %d %q %q", status, answer, tt.status, tt.wantError, tt.scope)
			}
			if got := header.Get("Cache-Control"); got != "no-store" {
				t.Errorf("Cache-Control %q", got)
			}
			challenged := header.Get("WWW-Authenticate") != ""
			if want := tt.name == "wrong secret in Basic"; challenged != want {
				t.Errorf("challenged: %v, want %v", challenged, want)
			}
		})
		if tt.wantError != "" {
			wantErrors++
		}
	}
	s, errors := i.stats(), 0
	for _, n := range s.Errors {
		errors += n
	}
	if s.Issued != len(tests)-wantErrors || errors != wantErrors {
		t.Errorf("counted %+v, want %d errors of %d", s, wantErrors, len(tests))
	}
}

func TestTokenEndpointLimitsRate(t *testing.T) {
	i := newTestIssuer(t, IssuerOptions{RatePerSecond: 0.01, Burst: 2})
	for n, want := range []int{200, 200, 429, 429} {
		status, header, _ := ask(i, "grant_type=client_credentials&client_id=a", nil)
		if status != want {
			t.Errorf("request %d: status %d, want %d", n, status, want)
		}
		if want == 429 && header.Get("Retry-After") != "100" {
			t.Errorf("Retry-After %q, want 100", header.Get("Retry-After"))
		}
	}
}

func TestIssuedTokensAreRecognised(t *testing.T) {
	for _, format := range []TokenFormat{HS256, RS256, Opaque} {
		t.Run(string(format), func(t *testing.T) {
			i := newTestIssuer(t, IssuerOptions{Format: format})
			one, err := i.issue(noon, "me", "read")
			if err != nil {
				t.Fatal(err)
			}
			two, _ := i.issue(noon, "me", "read")
			b := i.identify(one)
			want := Bearer{Key: keyOf(one), ExpiresAt: noon.Add(time.Hour)}
			if b.Key != want.Key || !b.Known || !b.IssuedAt.Equal(noon) || !b.NotBefore.Equal(noon) || !b.ExpiresAt.Equal(want.ExpiresAt) {
				t.Errorf("identified as %+v, want %+v", b, want)
			}
			if one == two || i.identify(two).Key == b.Key {
				t.Error("two tokens are one")
			}
			if strings.Contains(b.Key, one) {
				t.Error("the key holds the token")
			}
			for name, token := range map[string]string{
				"altered": one[:len(one)-8] + "AAAAAAAA", "cut": one[:len(one)/2], "placeholder": NoToken,
				"of another issuer": must(newTestIssuer(t, IssuerOptions{Format: format}).issue(noon, "me", "read")),
			} {
				if b := i.identify(token); b.Known || b.Key == "" {
					t.Errorf("%s: identified as %+v", name, b)
				}
			}
			if b := i.identify(""); b != (Bearer{}) {
				t.Errorf("no token: identified as %+v", b)
			}
		})
	}
}

func TestUnsignedTokenIsUnknown(t *testing.T) {
	// {"alg":"none"} with valid claims (RFC 8725 §2.1)
	const token = "eyJhbGciOiJub25lIn0.eyJpYXQiOjEsIm5iZiI6MSwiZXhwIjo5OTk5OTk5OTk5fQ."
	if b := newTestIssuer(t, IssuerOptions{}).identify(token); b.Known {
		t.Error("known")
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// FuzzTokenEndpoint: every answer is JSON with either a token or an error, and
// what it gives is a token of the issuer.
func FuzzTokenEndpoint(f *testing.F) {
	f.Add("grant_type=client_credentials&client_id=a", "")
	f.Add("grant_type=client_credentials", "Basic YTpi")
	f.Add("grant_type=client_credentials;x", "Basic JTp6")
	i := newTestIssuer(f, IssuerOptions{Scope: "read"})
	f.Fuzz(func(t *testing.T, form, authorization string) {
		status, _, answer := ask(i, form, func(r *http.Request) { r.Header.Set("Authorization", authorization) })
		token, _ := answer["access_token"].(string)
		failure, _ := answer["error"].(string)
		if (token != "") == (failure != "") || (status == 200) != (token != "") || status >= 500 {
			t.Fatalf("answered %d %v", status, answer)
		}
		if token != "" && !i.identify(token).Known {
			t.Fatal("issued a token that it does not know")
		}
	})
}

// FuzzTokenOf: a token is found wherever it travels.
func FuzzTokenOf(f *testing.F) {
	f.Add("abc.def.ghi")
	f.Add("a b")
	f.Fuzz(func(t *testing.T, token string) {
		query := url.Values{"access_token": {token}}
		inQuery := httptest.NewRequest("GET", "/ws?"+query.Encode(), nil)
		if got := tokenOf(inQuery); got != token {
			t.Errorf("in the query: found %q in %q", got, token)
		}
		if trimmed := strings.TrimSpace(token); trimmed != "" {
			inHeader := httptest.NewRequest("GET", "/ws?access_token=other", nil)
			inHeader.Header.Set("Authorization", "bEARER  "+token)
			if got := tokenOf(inHeader); got != trimmed {
				t.Errorf("in the header: found %q in %q", got, token)
			}
		}
	})
}

func TestTokenOf(t *testing.T) {
	tests := []struct{ name, field, value, want string }{
		{"none", "X", "y", ""},
		{"another scheme", "Authorization", "Basic abc", ""},
		{"no scheme", "Authorization", "abc", ""},
		{"cookie", "Cookie", "a=b; access_token=abc", "abc"},
		{"subprotocol", "Sec-Websocket-Protocol", "Bearer, abc", "abc"},
		{"another subprotocol", "Sec-Websocket-Protocol", "graphql-ws, abc", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/ws", io.NopCloser(strings.NewReader("")))
			r.Header.Set(tt.field, tt.value)
			if got := tokenOf(r); got != tt.want {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}
