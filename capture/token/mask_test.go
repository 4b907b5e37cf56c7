package token

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"
)

const secretText = "S3cr3t-Qw9!x"

func TestMaskTextFindsSecretsByName(t *testing.T) {
	for _, text := range []string{
		`access_token=S&x=1`, `{"access_token":"S","a":1}`, `{ "client_secret" : "S" }`, `{\"password\":\"S\"}`, `password: S`, `Authorization: Bearer S`,
		`Authorization: S`, `Cookie: a=S; b=S`, `<password>S</password>`, `Bearer S2`, `https://user:S@gw.example/x`, `token='S'`,
		`{"tokens":["S","S"]}`, `client%5Fsecret=S`, `{"api-key":"S"}`, `X-Api-Key: S`, "passphrase=S\n", `refresh_token=S`, `"accessToken": "S"`,
	} {
		sent := strings.ReplaceAll(text, "S", secretText)
		if got := newKeeper().MaskText(sent); strings.Contains(got, secretText) || !strings.Contains(got, "‹secret:") {
			t.Errorf("%s became %s", sent, got)
		}
	}
}

func TestMaskTextLeavesReasons(t *testing.T) {
	for _, text := range []string{
		`{"error":"invalid_token","error_description":"The access token expired"}`, `Invalid token: token has expired`, `{"code":40111,"message":"limit of 300 connections"}`,
		`Bearer realm="gw", error="invalid_token", error_description="Jwt is expired"`, `<html><head><title>403 Forbidden</title></head><body>denied</body></html>`,
		`{"token":null,"tokens":[],"expired":true}`, `Bearer authentication required`, `x-ratelimit-remaining-tokens: 12`, `Basic realm="why"`,
		`https://gw.example/doc?a=b#c`, `key not found`, `{"code":"ERR_40111_LIMIT_EXCEEDED","key":"connections_per_org_300","id":"6f9619ff-8b86-d011-b42d-00cf4fc964ff"}`, `monkeyJ`, `‹jwt:0123456789abcdef:812›`, `token=‹jwt:0123456789abcdef:812›`, `{"token_type":"Bearer","expires_in":3600}`,
	} {
		if got := newKeeper().MaskText(text); got != text {
			t.Errorf("%s became %s", text, got)
		}
	}
}

func TestSecretsAreMaskedWhereTheyComeBack(t *testing.T) {
	k := newKeeper()
	k.Request("GET /?ticket=Tick4711-et0815xx HTTP/1.1\r\nAuthorization: Bearer "+opaqueValue+"\r\nCookie: session=0123abcd4567efgh89\r\n\r\n", 1)
	for _, text := range []string{
		"no connection for " + opaqueValue + " left", "x" + opaqueValue + opaqueValue + "y", `{"value":"Zm9v4711bar+baz\/Qx0815=="}`,
		"/login?next=Zm9v4711bar%2Bbaz%2FQx0815%3D%3D", "/login?next=Zm9v4711bar%2bbaz%2fQx0815%3d%3d", "<p>Zm9v4711bar&#43;baz/Qx0815==</p>", "Tick4711-et0815xx", "0123abcd4567efgh89",
	} {
		if got := k.MaskText(text); !strings.Contains(got, "‹secret:") || strings.Contains(got, "4711") || strings.Contains(got, "4567") {
			t.Errorf("%s became %s", text, got)
		}
	}
	if got := string(k.MaskHead("HTTP/1.1 302 " + opaqueValue + "\r\nLocation: /x?q=" + opaqueValue + "\r\nX-Odd: " + opaqueValue + "\r\n\r\n")); strings.Contains(got, "4711") {
		t.Errorf("head became %q", got)
	}
}

func TestMaskHeadOfAnswers(t *testing.T) {
	k := newKeeper()
	head := "HTTP/1.1 403 No\r\nSet-Cookie: sid=" + secretText + "; Path=/; HttpOnly\r\nLocation: https://u:" + secretText + "@gw/x?access_token=" + secretText + "&a=b\r\n" +
		"X-Auth-Token: " + secretText + "\r\nSec-WebSocket-Protocol: bearer." + secretText + "\r\nx-a: 1\r\nX-A: 2\r\n\r\n"
	got := string(k.MaskHead(head))
	if strings.Contains(got, secretText) {
		t.Errorf("a secret survives in %q", got)
	}
	if !strings.HasPrefix(got, "HTTP/1.1 403 No\r\nSet-Cookie: sid=‹secret:") || !strings.Contains(got, "; Path=/; HttpOnly\r\n") || !strings.HasSuffix(got, "\r\nx-a: 1\r\nX-A: 2\r\n\r\n") {
		t.Errorf("head became %q", got)
	}
	if r := k.Request("GET / HTTP/1.1\r\nX-Auth-Token: "+secretText+"\r\n\r\n", 1); len(r.Tokens) != 1 {
		t.Errorf("a token that an answer showed is not told when it is used: %+v", r.Tokens)
	}
}

// With the claims, which a run holds, a signature makes up the token.
func TestSignatureAloneIsMasked(t *testing.T) {
	k := newKeeper()
	k.learn(jwtValue)
	signature := jwtValue[strings.LastIndexByte(jwtValue, '.')+1:]
	if got := k.MaskText("bad signature " + signature); strings.Contains(got, signature) {
		t.Errorf("the signature survives: %s", got)
	}
}

func TestMaskBodyMasksWhatMayBeCut(t *testing.T) {
	k := newKeeper()
	k.learn("Zm9v4711barbazQx0815")
	if got := k.MaskBody("sent Zm9v4711barba", false); strings.Contains(got, "4711") {
		t.Errorf("the beginning of a secret survives: %s", got)
	}
	if got := k.MaskBody("all of it", true); got != "all of it" {
		t.Errorf("a whole body became %s", got)
	}
}

func TestGrant(t *testing.T) {
	for _, tt := range []struct {
		name, body, basic string
		want              Grant
		secrets           []string
	}{
		{"form", "grant_type=client_credentials&client_id=load&client_secret=abc%2Bdef9&scope=a+b", "", Grant{"client_credentials", "load", "a b"}, []string{"abc+def9", "abc%2Bdef9"}},
		{"password", "grant_type=password&username=u&password=hunter2!", "app", Grant{"password", "app", ""}, []string{"hunter2!"}},
		{"refresh", "grant_type=refresh_token&refresh_token=rrrrrrrr&client_id=c", "", Grant{"refresh_token", "c", ""}, []string{"rrrrrrrr"}},
		{"assertion", "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" + jwtValue, "", Grant{"urn:ietf:params:oauth:grant-type:jwt-bearer", "", ""}, []string{jwtValue}},
		{"JSON", `{"grant_type":"client_credentials","client_id":"load","client_secret":"abcdef99"}`, "", Grant{"client_credentials", "load", ""}, []string{"abcdef99"}},
		{"secret that is the id", "grant_type=x&client_id=load-test&client_secret=load-test", "", Grant{"x", "load-test", ""}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := newKeeper()
			got, ok := k.Grant([]byte(tt.body), tt.basic)
			if !ok || got != tt.want {
				t.Errorf("got %+v, %t", got, ok)
			}
			for _, s := range tt.secrets {
				if masked := k.MaskText("<" + s + ">"); strings.Contains(masked, s) {
					t.Errorf("%q was not learned", s)
				}
			}
		})
	}
	if _, ok := newKeeper().Grant([]byte("a=b&c=d"), ""); ok {
		t.Error("a form without a grant type is taken for a token request")
	}
}

func TestIssue(t *testing.T) {
	k := newKeeper()
	is, ok := k.Issue([]byte(`{"access_token":"`+opaqueValue+`","token_type":"Bearer","expires_in":300,"refresh_token":"refresh-4711"}`), 9)
	if !ok || is.Token != k.Fingerprint(opaqueValue) || len(is.Tokens) != 1 || is.Tokens[0].Seen != 9 || is.ExpiresIn != 5*time.Minute {
		t.Errorf("read %+v, %t", is, ok)
	}
	if got := k.MaskText("refresh-4711 " + opaqueValue); strings.Contains(got, "4711") {
		t.Errorf("issued secrets survive: %s", got)
	}
	if r := k.Request("GET / HTTP/1.1\r\nAuthorization: Bearer "+opaqueValue+"\r\n\r\n", 10); len(r.Tokens) != 0 || r.Credentials[0].Token != is.Token {
		t.Errorf("the token issued is not the one used: %+v", r)
	}
	if is, ok := k.Issue([]byte(`{"error":"invalid_client","error_description":"x"}`), 9); !ok || is.Error != "invalid_client" {
		t.Errorf("read %+v, %t", is, ok)
	}
	if is, ok := k.Issue([]byte(`{"access_token":"abcdefgh","expires_in":"3600"}`), 9); !ok || is.ExpiresIn != time.Hour {
		t.Errorf("read %+v, %t", is, ok)
	}
	for _, body := range []string{`{"a":1}`, `[]`, ``, `{"expires_in":1e300}`} {
		if is, ok := k.Issue([]byte(body), 9); ok || is.ExpiresIn != 0 {
			t.Errorf("%s read as %+v", body, is)
		}
	}
}

func TestFirstFrame(t *testing.T) {
	for _, tt := range []struct{ name, text, value string }{
		{"configureSession", `{"action":"configureSession","deploymentId":"d","token":"6f9619ff-8b86-d011-b42d-00cf4fc964ff"}`, "6f9619ff-8b86-d011-b42d-00cf4fc964ff"},
		{"connection_init", `{"type":"connection_init","payload":{"headers":{"Authorization":"Bearer ` + jwtValue + `"}}}`, jwtValue},
		{"Discord", `{"op":2,"d":{"token":"abc.def.ghi","intents":513}}`, "abc.def.ghi"},
		{"Socket.IO", `40{"token":"abcdefgh"}`, "abcdefgh"},
		{"Phoenix", `["1","1","room:1","phx_join",{"access_token":"abcdefgh"}]`, "abcdefgh"},
		{"STOMP", "CONNECT\naccept-version:1.2\nAuthorization:Bearer abcdefgh\n\n\x00", "abcdefgh"},
		{"a JWT and no more", jwtValue, jwtValue},
		{"cut JSON", `{"type":"auth","access":"` + jwtValue + `","more`, jwtValue},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := newKeeper()
			creds, tokens := k.FirstFrame([]byte(tt.text), 3)
			if len(creds) != 1 || creds[0].Token != k.Fingerprint(tt.value) || creds[0].Place != "first-frame" || len(tokens) != 1 {
				t.Errorf("found %+v, %+v", creds, tokens)
			}
		})
	}
	if creds, _ := newKeeper().FirstFrame([]byte(`{"type":"hello","id":1,"text":"a token, please"}`), 3); len(creds) != 0 {
		t.Errorf("found %+v", creds)
	}
}

func TestMaskArgs(t *testing.T) {
	const s = secretText
	argv := []string{"why403", "run", "--", "/opt/bin/jmeter", "-n", "-t", "plan.jmx", "-Jclient.id=load", "-Jclient.secret=" + s, "-Jtoken.url=https://u:" + s + "@id.example/token?access_token=" + s,
		"-Jtoken.mode=thread", "-Jtoken=" + s, "-a", s, "-n", "--password", s, "--header", "Authorization: Bearer " + s, "-H", "X-Api-Key: " + s, "TOKEN=" + s,
		"-d", "client_secret=" + s + "&a=b", "--oauth2-bearer", s, "-Jthreads=600", "-u", "user:" + s, "-A", "user:" + s, "--auth", "user:" + s, "--token", "${token}", "-Dpassword=" + s,
		"--proxy-user=user:" + s, "--via", "http://user:" + s + "@proxy.example:1"}
	got := newKeeper().MaskArgs(argv)
	if all := strings.Join(got, " "); strings.Contains(all, s) {
		t.Errorf("a secret survives in %s", all)
	}
	for i, arg := range argv {
		if !strings.Contains(arg, s) && got[i] != arg {
			t.Errorf("%q became %q", arg, got[i])
		}
	}
	if short := newKeeper().MaskArgs([]string{"why403", "--proxy-user=me:pw"}); strings.Contains(short[1], "pw") {
		t.Errorf("a short password survives in %q", short)
	}
	for _, arg := range newKeeper().MaskArgs([]string{"hey", "-a", "127.0.0.1:8080", "-n", "5", "https://gw.example/ws?room=5"}) {
		if strings.Contains(arg, "‹") {
			t.Errorf("no secret, but became %q", arg)
		}
	}
	if got[8][:len("-Jclient.secret=‹secret:")] != "-Jclient.secret=‹secret:" {
		t.Errorf("the name of a property is masked too: %q", got[8])
	}
}

// FuzzNothingSurvives puts a secret in each place there is and looks for it in all
// that comes out. Whatever is around it must not help it through.
func FuzzNothingSurvives(f *testing.F) {
	f.Add("S3cr3tS3cr3t", "/ws?x=1", "X-A: 1")
	f.Add(jwtValue, "/a;b?c#d", "Authorization:\r\n Bearer")
	f.Add("pass:word/with+all=", "//h@x/?&=&;", "\"")
	f.Fuzz(func(t *testing.T, secret, target, around string) {
		if len(secret) < 8 || len(secret) > 512 || isPlaceholder(secret) || isMark(secret) || strings.Trim(secret, "0123456789abcdef") == "" {
			t.Skip()
		}
		for i := range len(secret) {
			if c := secret[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("&#;,\"'\\<>`%{}[]", c) >= 0 {
				t.Skip() // not as a client would send it
			}
		}
		if strings.Contains(target+around+"Authorization: Bearer Basic authorization Sec-WebSocket-Protocol HTTP/1.1 grant_type=client_credentials&client_secret access_token subprotocol ‹secret:jwt:›", secret) || strings.ContainsAny(target, " \r\n") {
			t.Skip()
		}
		k := newKeeper()
		basic := base64.StdEncoding.EncodeToString([]byte("user:" + secret))
		var out strings.Builder
		for _, head := range []string{
			"GET " + target + " HTTP/1.1\r\n" + around + "\r\nAuthorization: Bearer " + secret + "\r\n\r\n",
			"GET /x?access_token=" + secret + "&y=z HTTP/1.1\r\n" + around + "\r\n\r\n",
			"GET / HTTP/1.1\r\nX-Api-Key: " + secret + "\r\nCookie: a=" + secret + "; b=c\r\nSec-WebSocket-Protocol: bearer, " + secret + "\r\nProxy-Authorization: Basic " + basic + "\r\n\r\n",
		} {
			r := k.Request(head, 1)
			fmt.Fprintln(&out, r.Head, r.Target)
		}
		k.Grant([]byte("grant_type=password&client_secret="+secret), "")
		fmt.Fprintln(&out, k.MaskHead("HTTP/1.1 403 "+secret+"\r\n"+around+"\r\nSet-Cookie: a="+secret+"\r\nLocation: "+target+secret+"\r\n\r\n"))
		fmt.Fprintln(&out, k.MaskText(around+secret+around))
		fmt.Fprintln(&out, k.MaskBody(around+secret, false))
		fmt.Fprintln(&out, strings.Join(newKeeper().MaskArgs([]string{"x", "--password", secret, "-Jclient.secret=" + secret, "access_token=" + secret}), " "))
		for _, s := range []string{secret, basic} {
			if i := strings.Index(out.String(), s); i >= 0 {
				t.Errorf("%q survives in %q", s, out.String()[max(0, i-40):i+len(s)])
			}
		}
	})
}
