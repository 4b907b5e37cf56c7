package token

import (
	"encoding/base64"
	"reflect"
	"strings"
	"testing"

	"why403/capture"
)

func TestReadClaims(t *testing.T) {
	got := newKeeper().read(jwtValue, 5)
	want := capture.Token{
		Fingerprint: newKeeper().Fingerprint(jwtValue), Kind: capture.JWT, Length: len(jwtValue), Seen: 5,
		Algorithm: "HS256", KeyID: "k1", Issuer: "https://id.example", Subject: "u1", ClientID: "load", Organisation: "o1",
		Audience: []string{"a", "b"}, Scopes: []string{"x", "y"},
		IssuedAt: 1700000000e9, NotBefore: 1700000001e9, ExpiresAt: 1700003600_500_000_000,
		Claims: `{"iss":"https://id.example","sub":"u1","client_id":"load","org_id":"o1","aud":["a","b"],"scope":"x y","iat":1700000000,"nbf":1700000001,"exp":1700003600.5}`,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestReadOddTokens(t *testing.T) {
	b64 := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	head, signature := b64(`{"alg":"HS256"}`), "."+strings.Repeat("c", 43)
	for _, tt := range []struct {
		name, value string
		kind        capture.TokenKind
		short       bool
		expires     capture.Instant
	}{
		{"opaque", "abc", capture.Opaque, false, 0},
		{"three words", "www.example.com", capture.Opaque, false, 0},
		{"header alone", head, capture.Opaque, true, 0},
		{"cut in the claims", head + "." + b64(`{"exp":1700000000,"a":"b"}`)[:20], capture.Opaque, true, 0},
		{"no signature", head + "." + b64(`{"exp":1700000000}`), capture.Opaque, true, 1700000000e9},
		{"empty signature", head + "." + b64(`{"exp":1700000000}`) + ".", capture.Opaque, true, 1700000000e9},
		{"cut in the signature", head + "." + b64(`{"exp":1700000000}`) + signature[:43], capture.Opaque, true, 1700000000e9},
		{"not signed", b64(`{"alg":"none"}`) + "." + b64(`{"exp":1700000000}`) + ".", capture.JWT, false, 1700000000e9},
		{"unknown algorithm", b64(`{"alg":"XX"}`) + "." + b64(`{"exp":1700000000}`) + ".c2ln", capture.JWT, false, 1700000000e9},
		{"padded", head + "==." + b64(`{"exp":1700000000}`) + "==" + signature, capture.JWT, false, 1700000000e9},
		{"date as a string", head + "." + b64(`{"exp":"1700000000"}`) + signature, capture.JWT, false, 1700000000e9},
		{"milliseconds", head + "." + b64(`{"exp":1700000000000}`) + signature, capture.JWT, false, 0},
		{"negative", head + "." + b64(`{"exp":-5}`) + signature, capture.JWT, false, 0},
		{"absurd", head + "." + b64(`{"exp":1e400}`) + signature, capture.JWT, false, 0},
		{"claims are no object", head + "." + b64(`[1]`) + signature, capture.Opaque, true, 0},
		{"encrypted", b64(`{"alg":"RSA-OAEP","enc":"A256GCM"}`) + ".a.b.c.d", capture.JWE, false, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := newKeeper().read(tt.value, 1)
			if got.Kind != tt.kind || got.ExpiresAt != tt.expires || cutShort(got) != tt.short {
				t.Errorf("kind %s, expires %d, cut short %t", got.Kind, got.ExpiresAt, cutShort(got))
			}
		})
	}
	long := head + "." + b64(`{"sub":"`+strings.Repeat("s", 5000)+`"}`) + signature
	if got := newKeeper().read(long, 1); got.Claims != "" || len(got.Subject) != maxText {
		t.Errorf("claims of %d bytes, subject of %d kept", len(got.Claims), len(got.Subject))
	}
}
