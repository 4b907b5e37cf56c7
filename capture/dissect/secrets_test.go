package dissect

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"why403/capture"
)

// strings of a record, wherever they are in it.
func texts(v reflect.Value, add func(string)) {
	switch v.Kind() {
	case reflect.String:
		add(v.String())
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 && v.Kind() == reflect.Slice {
			add(string(v.Bytes()))
			return
		}
		for i := range v.Len() {
			texts(v.Index(i), add)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				texts(v.Field(i), add)
			}
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			texts(v.Elem(), add)
		}
	}
}

// TestNoSecretSurvives puts a secret in each place that a client or a gateway may,
// and looks for it, as it is and encoded, in every field of every record.
func TestNoSecretSurvives(t *testing.T) {
	const secret = "Qx08/15+Zyx-4711.wvu="
	b64, escaped := base64.StdEncoding.EncodeToString([]byte("user:"+secret)), url.QueryEscape(secret)
	inURL := base64.RawURLEncoding.EncodeToString([]byte(secret))
	forms := []string{secret, escaped, url.PathEscape(secret), b64, inURL, strings.ReplaceAll(secret, "/", `\/`), hex.EncodeToString([]byte(secret)), secret[:12], secret[8:]}
	head := func(target, fields string) string {
		return "GET " + target + " HTTP/1.1\r\nHost: gw\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + fields + "\r\n"
	}
	bearer := head("/", "Authorization: Bearer "+secret+"\r\n")
	refuse := func(fields, body string) string {
		return fmt.Sprintf("HTTP/1.1 403 No\r\n%sContent-Length: %d\r\n\r\n%s", fields, len(body), body)
	}
	frame := func(first byte, mask, payload string) string {
		size := string(byte(len(payload)))
		if mask != "" {
			size = string([]byte{byte(len(payload)) | 0x80})
		}
		return string([]byte{first}) + size + mask + payload
	}
	const nul = "\x00\x00\x00\x00"
	for name, steps := range map[string][]step{
		"authorization":                {sent(bearer), got(refuse("", "no"))},
		"authorization, continued":     {sent(head("/", "Authorization: Bearer\r\n\t"+secret+"\r\n"))},
		"authorization without colon":  {sent(head("/", "Authorization Bearer "+secret+"\r\n"))},
		"authorization, space, colon":  {sent(head("/", "Authorization : Bearer "+secret+"\r\n"))},
		"no scheme":                    {sent(head("/", "Authorization: "+secret+"\r\n"))},
		"basic":                        {sent(head("/", "Authorization: Basic "+b64+"\r\n"))},
		"digest":                       {sent(head("/", "Authorization: Digest username=\"u\", response=\""+secret+"\"\r\n"))},
		"proxy":                        {sent(head("/", "Proxy-Authorization: Basic "+b64+"\r\n"))},
		"query":                        {sent(head("/?access_token="+escaped, ""))},
		"query as it is":               {sent(head("/?token="+secret+"&x=y", ""))},
		"query, escaped name":          {sent(head("/?acc%65ss_token="+escaped, ""))},
		"query, SigV4":                 {sent(head("/?X-Amz-Signature="+escaped, ""))},
		"URL in the query":             {sent(head("/?next="+url.QueryEscape("https://gw/?token="+escaped), ""))},
		"user information":             {sent(head("http://user:"+url.PathEscape(secret)+"@gw/", ""))},
		"matrix parameter":             {sent(head("/a;jsessionid="+escaped+"/b", ""))},
		"cookie":                       {sent(head("/", "Cookie: a=b; sid=\""+secret+"\"; x=y\r\n"))},
		"api key":                      {sent(head("/", "X-Api-Key: "+secret+"\r\n"))},
		"vendor's":                     {sent(head("/", "X-Amz-Security-Token: "+secret+"\r\nX-Vault-Token: "+secret+"\r\nCF-Access-Client-Secret: "+secret+"\r\n"))},
		"referer":                      {sent(head("/", "Referer: https://app/?token="+escaped+"\r\n"))},
		"subprotocol, pair":            {sent(head("/", "Sec-WebSocket-Protocol: bearer, "+secret+"\r\n"))},
		"subprotocol, two fields":      {sent(head("/", "Sec-WebSocket-Protocol: x\r\nSec-WebSocket-Protocol: access_token."+secret+"\r\n"))},
		"subprotocol, Kubernetes":      {sent(head("/", "Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io."+inURL+"\r\n")), got(yes)},
		"subprotocol, chosen":          {sent(head("/", "Sec-WebSocket-Protocol: bearer, "+secret+"\r\n")), got(strings.Replace(yes, "\r\n\r\n", "\r\nSec-WebSocket-Protocol: "+secret+"\r\n\r\n", 1))},
		"body":                         {sent(bearer), got(refuse("", "bad token "+secret+"!"))},
		"body, JSON":                   {sent(bearer), got(refuse("Content-Type: application/json\r\n", `{"sent":"`+strings.ReplaceAll(secret, "/", `\/`)+`"}`))},
		"body, escaped":                {sent(bearer), got(refuse("", "<a href=/?x="+escaped+">"))},
		"body, cut":                    {sent(bearer), got("HTTP/1.1 403 No\r\nContent-Length: 99\r\n\r\nsaw " + secret[:15]), ends(FromServer, capture.FIN)},
		"body, never seen before":      {sent(ask), got(refuse("", `{"password":"`+secret+`","x":1}`))},
		"reason phrase":                {sent(bearer), got("HTTP/1.1 403 not " + secret + "\r\nContent-Length: 0\r\n\r\n")},
		"set-cookie":                   {sent(ask), got(refuse("Set-Cookie: s="+secret+"; Path=/\r\n", ""))},
		"location":                     {sent(ask), got(refuse("Location: https://x/?code="+escaped+"&token="+escaped+"\r\n", ""))},
		"answer's token":               {sent(ask), got(refuse("X-Auth-Token: "+secret+"\r\n", ""))},
		"challenge":                    {sent(bearer), got(refuse("WWW-Authenticate: Bearer error_description=\"no "+secret+"\"\r\n", ""))},
		"token request":                {sent(post("application/x-www-form-urlencoded", "grant_type=password&username=u&client_id=c&client_secret="+escaped+"&scope="+escaped)), got(answerJSON("400 Bad", `{"error":"`+secret+`"}`))},
		"token request, JSON":          {sent(post("application/json", `{"grant_type":"x","client_id":"c","client_secret":"`+secret+`","scope":"`+secret+`"}`)), got(answerJSON("200 OK", `{"access_token":"abcdefgh"}`))},
		"token issued":                 {sent(post("application/json", `{}`)), got(answerJSON("200 OK", `{"access_token":"`+secret+`"}`)), sent(ask), got(refuse("", "was "+secret))},
		"refresh token":                {sent(post("application/json", `{}`)), got(answerJSON("200 OK", `{"access_token":"abcdefgh","refresh_token":"`+secret+`"}`)), sent(ask), got(refuse("", "was "+secret))},
		"first frame and close reason": {sent(ask), got(yes), sent(frame(0x81, nul, `{"token":"`+secret+`"}`)), got(frame(0x81, "", "bad "+secret) + frame(0x88, "", "\x11\x33bad "+secret)), ends(FromServer, capture.FIN), ends(FromClient, capture.FIN)},
		"first frame, STOMP":           {sent(ask), got(yes), sent(frame(0x81, nul, "CONNECT\npasscode:x\nAuthorization:Bearer "+secret+"\n\n\x00")), got(frame(0x88, "", "\x11\x33bad "+secret)), ends(FromServer, capture.FIN), ends(FromClient, capture.FIN)},
	} {
		t.Run(name, func(t *testing.T) {
			for _, n := range []int{0, 1, 13} {
				r := play(t, n, append(steps[:len(steps):len(steps)], ends(FromServer, capture.RST), ends(FromClient, capture.FIN))...)
				if len(r.all) == 0 {
					t.Fatal("nothing was recorded")
				}
				for _, rec := range r.all {
					texts(reflect.ValueOf(rec), func(s string) {
						for _, form := range forms {
							if strings.Contains(s, form) {
								t.Errorf("pieces of %d: %q survives in %q", n, form, s)
							}
						}
					})
				}
			}
		})
	}
}
