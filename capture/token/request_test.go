package token

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"why403/capture"
)

const (
	// jwtValue says {"alg":"HS256","kid":"k1"} and {"iss":"https://id.example","sub":
	// "u1","client_id":"load","org_id":"o1","aud":["a","b"],"scope":"x y","iat":1700000000,
	// "nbf":1700000001,"exp":1700003600.5}.
	jwtValue = "eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIn0." +
		"eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJzdWIiOiJ1MSIsImNsaWVudF9pZCI6ImxvYWQiLCJvcmdfaWQiOiJvMSIsImF1ZCI6WyJhIiwiYiJdLCJzY29wZSI6InggeSIsImlhdCI6MTcwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAxLCJleHAiOjE3MDAwMDM2MDAuNX0." +
		"3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	opaqueValue = "Zm9v4711bar+baz/Qx0815=="
)

func newKeeper() *Keeper { return NewKeeper([]byte("0123456789abcdef0123456789abcdef")) }

func TestRequestFindsCredentialsEverywhere(t *testing.T) {
	b64 := base64.RawURLEncoding.EncodeToString
	for _, tt := range []struct {
		name          string
		target        string
		field         string
		value         string // of the token
		place, scheme string
	}{
		{"bearer", "/", "Authorization: Bearer " + jwtValue, jwtValue, "authorization", "Bearer"},
		{"bearer opaque, odd case", "/", "AUTHORIZATION:bEARER   " + opaqueValue + " ", opaqueValue, "authorization", "bEARER"},
		{"token alone", "/", "Authorization: " + opaqueValue, opaqueValue, "authorization", ""},
		{"jwt alone", "/", "Authorization: " + jwtValue, jwtValue, "authorization", ""},
		{"parameters", "/", "Authorization: Digest username=\"u\", response=\"aaaa\"", "username=\"u\", response=\"aaaa\"", "authorization", "Digest"},
		{"signed", "/", "Authorization: AWS4-HMAC-SHA256 Credential=AKIA1234/x, Signature=ff00ff", "Credential=AKIA1234/x, Signature=ff00ff", "authorization", "AWS4-HMAC-SHA256"},
		{"continued line", "/", "Authorization: Bearer\r\n " + opaqueValue, opaqueValue, "authorization", "Bearer"},
		{"access_token", "/ws?a=1&access_token=" + jwtValue + "&b=2", "X: y", jwtValue, "query:access_token", ""},
		{"token, escaped", "/ws?to%6ben=Zm9v4711bar%2Bbaz%2FQx0815%3D%3D", "X: y", opaqueValue, "query:token", ""},
		{"jwt", "/?jwt=" + jwtValue, "X: y", jwtValue, "query:jwt", ""},
		{"apikey", "/?apikey=abcdefgh", "X: y", "abcdefgh", "query:apikey", ""},
		{"bearer in query", "/?authorization=Bearer%20abcdefgh", "X: y", "abcdefgh", "query:authorization", "Bearer"},
		{"t, if it looks like one", "/?t=" + jwtValue, "X: y", jwtValue, "query:t", ""},
		{"unknown name, but a JWT", "/?whatever=" + jwtValue, "X: y", jwtValue, "query:whatever", ""},
		{"session cookie", "/", "Cookie: JSESSIONID=0123456789ABCDEF0123", "0123456789ABCDEF0123", "cookie:JSESSIONID", ""},
		{"AppSync in the query", "/?header=" + b64([]byte(`{"host":"h","x-api-key":"da2-abcdefgh"}`)), "X: y", "da2-abcdefgh", "query:header", ""},
		{"cookie", "/", "Cookie: a=b; jwt=" + jwtValue + "; c=d", jwtValue, "cookie:jwt", ""},
		{"access-token cookie", "/", "Cookie: access-token=abcdefgh", "abcdefgh", "cookie:access-token", ""},
		{"x-api-key", "/", "X-API-Key: abcdefgh", "abcdefgh", "header:x-api-key", ""},
		{"x-auth-token", "/", "x-auth-token: " + opaqueValue, opaqueValue, "header:x-auth-token", ""},
		{"subscription key", "/", "Ocp-Apim-Subscription-Key: abcdefgh", "abcdefgh", "header:ocp-apim-subscription-key", ""},
		{"Kubernetes", "/", "Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io." + b64([]byte(jwtValue)) + ", v4.channel.k8s.io", jwtValue, "subprotocol", "base64url.bearer.authorization.k8s.io"},
		{"Phoenix", "/", "Sec-WebSocket-Protocol: phoenix, base64url.bearer.phx." + b64([]byte("abcdefgh")), "abcdefgh", "subprotocol", "base64url.bearer.phx"},
		{"OpenAI", "/", "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.ek_abcdefgh, openai-beta.realtime-v1", "ek_abcdefgh", "subprotocol", "openai-insecure-api-key"},
		{"xAI", "/", "Sec-WebSocket-Protocol: xai-client-secret.abcdefgh", "abcdefgh", "subprotocol", "xai-client-secret"},
		{"sentinel", "/", "Sec-WebSocket-Protocol: bearer, abcdefgh1", "abcdefgh1", "subprotocol", "bearer"},
		{"sentinel token", "/", "sec-websocket-protocol: token,0123abcdef", "0123abcdef", "subprotocol", "token"},
		{"sentinel in a line of its own", "/", "Sec-WebSocket-Protocol: bearer\r\nSec-WebSocket-Protocol: abcdefgh1", "abcdefgh1", "subprotocol", "bearer"},
		{"unknown sentinel, JWT", "/", "Sec-WebSocket-Protocol: mine, " + jwtValue, jwtValue, "subprotocol", ""},
		{"prefix and JWT", "/", "Sec-WebSocket-Protocol: session." + jwtValue, jwtValue, "subprotocol", "session"},
		{"Mistral", "/", "Sec-WebSocket-Protocol: realtime, rt_0123456789abcdef", "rt_0123456789abcdef", "subprotocol", ""},
		{"AppSync", "/", "Sec-WebSocket-Protocol: graphql-ws, header-" + b64([]byte(`{"host":"h","Authorization":"abcdefgh"}`)), "abcdefgh", "subprotocol", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := newKeeper()
			head := "GET " + tt.target + " HTTP/1.1\r\nHost: gw\r\n" + tt.field + "\r\nX-Last:  1 \r\n\r\n"
			r := k.Request(head, 7)
			want := capture.Credential{Token: k.Fingerprint(tt.value), Place: tt.place, Scheme: tt.scheme}
			if len(r.Credentials) != 1 || r.Credentials[0] != want {
				t.Fatalf("credentials %+v, want %+v", r.Credentials, want)
			}
			if len(r.Tokens) != 1 || r.Tokens[0].Fingerprint != want.Token || r.Tokens[0].Seen != 7 || r.Tokens[0].Length != len(tt.value) {
				t.Errorf("tokens %+v", r.Tokens)
			}
			mark := fmt.Sprintf(":%s:%d›", want.Token, len(tt.value))
			if got := string(r.Head) + r.Target; strings.Contains(got, tt.value) {
				t.Errorf("token survives in %q", got)
			} else if !strings.Contains(tt.target+tt.field, tt.value) {
			} else if !strings.Contains(got, mark) {
				t.Errorf("no mark %q in %q", mark, got)
			}
			if !strings.HasPrefix(string(r.Head), "GET /") || !strings.HasSuffix(string(r.Head), "\r\nX-Last:  1 \r\n\r\n") {
				t.Errorf("more than the token was changed: %q", r.Head)
			}
			if again := k.Request(head, 9); len(again.Tokens) != 0 {
				t.Errorf("told twice: %+v", again.Tokens)
			}
		})
	}
}

func TestRequestLeavesWhatIsNoSecret(t *testing.T) {
	for _, head := range []string{
		"GET /chat/room-42?x=1&lang=en&token_type=bearer HTTP/1.1\r\nHost: gw.example:8443\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
			"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws, v12.stomp, mqtt\r\n" +
			"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\nOrigin: https://app.example\r\nX-JMeter-Thread: WS users 1-17\r\n\r\n",
		"GET /?id=6f9619ff-8b86-d011-b42d-00cf4fc964ff&key=eu&session=new&code=ERR HTTP/1.1\r\nX-Request-Id: 6f9619ff-8b86-d011-b42d-00cf4fc964ff\r\nX-Session-Id: 17\r\n\r\n",
		"\r\n\r\nGET  /  HTTP/1.0\nhost:gw\nno colon here\n folded\n\n",
		"\x00\xff\r\n\r\n", "", "\n", "GET", "GET /", ":\r\n\r\n",
	} {
		if r := newKeeper().Request(head, 1); string(r.Head) != head || len(r.Credentials) > 0 {
			t.Errorf("head %q\nbecame %q, credentials %+v", head, r.Head, r.Credentials)
		}
	}
}

func TestRequestOrdersCredentials(t *testing.T) {
	r := newKeeper().Request("GET /?token=tttttttt HTTP/1.1\r\nCookie: jwt=cccccccc\r\nX-Api-Key: kkkkkkkk\r\nSec-WebSocket-Protocol: bearer, pppppppp1\r\nAuthorization: Bearer aaaaaaaa\r\n\r\n", 1)
	var places []string
	for _, c := range r.Credentials {
		places = append(places, c.Place)
	}
	if got, want := strings.Join(places, " "), "authorization subprotocol query:token header:x-api-key cookie:jwt"; got != want {
		t.Errorf("places %s, want %s", got, want)
	}
}

func TestPlaceholdersAreTold(t *testing.T) {
	for sent, literal := range map[string]string{
		"Bearer ${access_token}": "${access_token}", "Bearer TOKEN_NOT_FOUND": "TOKEN_NOT_FOUND", "Bearer null": "null",
		"Bearer undefined": "undefined", "Bearer {{token}}": "{{token}}", "Bearer": "(empty)", "Bearer ": "(empty)", "Bearer ${__P(token,)}": "${__P(token,)}",
		"Bearer $ACCESS_TOKEN": "$ACCESS_TOKEN", "Bearer [object Object]": "[object Object]",
	} {
		head := "GET / HTTP/1.1\r\nAuthorization: " + sent + "\r\n\r\n"
		r := newKeeper().Request(head, 1)
		if len(r.Tokens) != 1 || r.Tokens[0].Kind != capture.Placeholder || r.Tokens[0].Placeholder != literal {
			t.Errorf("%q: tokens %+v", sent, r.Tokens)
		}
		if string(r.Head) != head {
			t.Errorf("%q: masked as %q", sent, r.Head)
		}
	}
	for _, value := range []string{"${x}secret", "a${x}", "${" + opaqueValue + "}", "$ecret", "{{12345678}}", "nullo", "${x} ", strings.Repeat("N", 60) + "_NOT_FOUND"} {
		if isPlaceholder(value) {
			t.Errorf("%q can hide a secret and counts as a placeholder", value)
		}
	}
}

func TestBasicCredentials(t *testing.T) {
	k := newKeeper()
	sent := base64.StdEncoding.EncodeToString([]byte("load:hunter22"))
	r := k.Request("POST /token HTTP/1.1\r\nAuthorization: Basic "+sent+"\r\n\r\n", 1)
	if r.Basic != "load" || strings.Contains(string(r.Head), sent) || r.Credentials[0].Scheme != "Basic" {
		t.Errorf("read as %+v", r)
	}
	if got := k.MaskText("you sent hunter22?"); strings.Contains(got, "hunter22") {
		t.Errorf("password survives: %q", got)
	}
}

func TestSecretsThatAreNoCredentials(t *testing.T) {
	const value = "6f9619ff-8b86-d011-b42d-00cf4fc964ff"
	for _, head := range []string{
		"GET /?sid=" + value, "GET /?code=" + value, "GET /?state=" + value, "GET /?X-Amz-Signature=" + value,
		"GET / HTTP/1.1\r\nX-Session-Id: " + value, "GET / HTTP/1.1\r\nX-CSRF-Token: " + value, "GET / HTTP/1.1\r\nCookie: csrftoken=" + value,
	} {
		r := newKeeper().Request(head+"\r\n\r\n", 1)
		if len(r.Credentials) > 0 || strings.Contains(string(r.Head), value) {
			t.Errorf("%q: credentials %+v, head %q", head, r.Credentials, r.Head)
		}
	}
}

// TestRequestTellsTokensOnce shows tokens to a keeper twice: the second time there is
// no news of them, and what they are is known without reading them.
func TestRequestTellsTokensOnce(t *testing.T) {
	for _, tt := range []struct {
		name, value string
		short       bool
	}{{"JWT", jwtValue, false}, {"beginning of a JWT", jwtValue[:60], true}, {"opaque", opaqueValue, false}} {
		t.Run(tt.name, func(t *testing.T) {
			k, head := newKeeper(), "GET / HTTP/1.1\r\nAuthorization: Bearer "+tt.value+"\r\n\r\n"
			first, again := k.Request(head, 1), k.Request(head, 2)
			if len(first.Tokens) != 1 || len(again.Tokens) != 0 {
				t.Errorf("told %d times, then %d times", len(first.Tokens), len(again.Tokens))
			}
			if first.CutShort != tt.short || again.CutShort != tt.short {
				t.Errorf("cut short: %t, then %t", first.CutShort, again.CutShort)
			}
			if len(again.Credentials) != 1 || again.Credentials[0] != first.Credentials[0] {
				t.Errorf("credentials %v, then %v", first.Credentials, again.Credentials)
			}
		})
	}
}
