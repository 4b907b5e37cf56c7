package token

import (
	"strings"
	"testing"
)

// BenchmarkHostileText masks texts that are made to be slow to mask. Each should take
// about as long as the first, which is not.
func BenchmarkHostileText(b *testing.B) {
	k := newKeeper()
	k.learn(strings.Repeat("long", 10000))
	for _, tt := range []struct{ name, part string }{
		{"prose", "Forbidden for some reason. "}, {"authorization", "authorization:x"}, {"arrays", `"tokens":[`}, {"slashes", "//a"}, {"at", "//@"},
		{"quotes", `token="`}, {"equals", "="}, {"words", "token"}, {"JWT", "eyJ"}, {"bearer", "bearer "}, {"secret", "long"}, {"escapes", `\"token\":\"`},
	} {
		text := strings.Repeat(tt.part, 64<<10/len(tt.part))
		b.Run(tt.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				k.MaskText(text)
			}
		})
	}
}

func BenchmarkRequest(b *testing.B) {
	k := newKeeper()
	head := "GET /ws?x=1 HTTP/1.1\r\nHost: gw.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer " + jwtValue + "\r\n\r\n"
	b.ReportAllocs()
	for b.Loop() {
		k.Request(head, 1)
	}
}
