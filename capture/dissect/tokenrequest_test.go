package dissect

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"why403/capture"
)

func post(contentType, body string) string {
	return fmt.Sprintf("POST /oauth/token?secret=no HTTP/1.1\r\nHost: id.example\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", contentType, len(body), body)
}

func answerJSON(status, body string) string {
	return fmt.Sprintf("HTTP/1.1 %s\r\nContent-Type: application/json\r\nX-RateLimit-Remaining: 7\r\nContent-Length: %d\r\n\r\n%s", status, len(body), body)
}

func TestTokenRequests(t *testing.T) {
	const form, issue = "grant_type=client_credentials&client_id=load&client_secret=s3cr3t-4711&scope=a", `{"access_token":"issued-4711-abcdef","expires_in":300}`
	issued := newKeeper().Fingerprint("issued-4711-abcdef")
	for _, tt := range []struct {
		name, request, answer string
		want                  capture.TokenRequest
	}{
		{"form", post("application/x-www-form-urlencoded", form), answerJSON("200 OK", issue),
			capture.TokenRequest{GrantType: "client_credentials", ClientID: "load", Scope: "a", Status: 200, Issued: issued, ExpiresIn: 5 * time.Minute}},
		{"JSON", post("application/json", `{"grant_type":"password","client_id":"load","password":"s3cr3t-4711"}`), answerJSON("200 OK", issue),
			capture.TokenRequest{GrantType: "password", ClientID: "load", Status: 200, Issued: issued, ExpiresIn: 5 * time.Minute}},
		{"only the answer shows it", post("text/x", "whatever"), answerJSON("200 OK", issue), capture.TokenRequest{Status: 200, Issued: issued, ExpiresIn: 5 * time.Minute}},
		{"error", post("application/x-www-form-urlencoded", form), answerJSON("429 Too Many", `{"error":"slow_down"}`),
			capture.TokenRequest{GrantType: "client_credentials", ClientID: "load", Scope: "a", Status: 429, Error: "slow_down"}},
		{"no answer", post("application/x-www-form-urlencoded", form), "", capture.TokenRequest{GrantType: "client_credentials", ClientID: "load", Scope: "a"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for n := range 9 {
				r := play(t, n, sent(tt.request), got(tt.answer), ends(FromServer, capture.FIN), ends(FromClient, capture.FIN))
				if len(r.TokenRequests) != 1 || len(r.Upgrades) != 0 {
					t.Fatalf("recorded %+v", r.Run)
				}
				have := r.TokenRequests[0]
				if tt.answer != "" && (have.Answered != 2*second || have.Done != 2*second || !strings.Contains(string(have.ResponseHead), "X-RateLimit-Remaining: 7")) {
					t.Errorf("answered at %d, done at %d, head %q", have.Answered, have.Done, have.ResponseHead)
				}
				want := tt.want
				want.Conn, want.Exchange, want.URL, want.Sent = 1, 1, "https://gw.example:443/oauth/token", second
				want.Answered, want.Done, want.ResponseHead = have.Answered, have.Done, have.ResponseHead
				if have != want {
					t.Errorf("got  %+v\nwant %+v", have, want)
				}
				if s := fmt.Sprintf("%+v", r.all); strings.Contains(s, "4711") {
					t.Errorf("a secret survives in %s", s)
				}
			}
		})
	}
	if r := play(t, 0, sent(post("application/json", `{"a":1}`)), got(answerJSON("200 OK", `{"b":2}`))); len(r.TokenRequests) > 0 {
		t.Errorf("any POST counts as a token request: %+v", r.TokenRequests)
	}
}

func TestTokenIssuedIsTheTokenUsed(t *testing.T) {
	r := play(t, 0, sent(post("application/x-www-form-urlencoded", "grant_type=client_credentials")), got(answerJSON("200 OK", `{"access_token":"tok-4711-abcdef"}`)), sent(ask), got(no))
	if r.only(t).Token() != r.TokenRequests[0].Issued || len(r.Tokens) != 1 || r.only(t).Exchange != 2 {
		t.Errorf("upgrade %+v, token request %+v, tokens %v", r.Upgrades[0], r.TokenRequests[0], r.Tokens)
	}
}

func TestTokenRequestAnsweredEarly(t *testing.T) {
	whole := post("application/x-www-form-urlencoded", "grant_type=client_credentials&client_id=load&client_secret=s3cr3t-4711")
	r := play(t, 0, sent(whole[:len(whole)-20]), got(answerJSON("401 No", `{"error":"invalid_client"}`)), sent(whole[len(whole)-20:]))
	if len(r.TokenRequests) != 1 || r.TokenRequests[0].Error != "invalid_client" || r.TokenRequests[0].GrantType != "client_credentials" {
		t.Errorf("recorded %+v", r.TokenRequests)
	}
}
