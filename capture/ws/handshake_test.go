package ws

import (
	"slices"
	"strings"
	"testing"

	"why403/capture"
)

// The example of RFC 6455 §1.2 and §1.3.
const (
	rfcRequest = "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n" +
		"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://example.com\r\n" +
		"Sec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Version: 13\r\n\r\n"
	rfcAnswer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\n\r\n"
)

func TestAcceptIsThatOfTheSpecification(t *testing.T) {
	if got := Accept("dGhlIHNhbXBsZSBub25jZQ=="); got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Errorf("Accept = %q", got)
	}
}

func TestCheckRequest(t *testing.T) {
	for _, tt := range []struct {
		name, old, new string
		want           string
	}{
		{"the specification's", "", "", ""},
		{"other case", "Upgrade: websocket\r\nConnection: Upgrade", "upgrade: WebSocket\r\ncONNECTION: keep-alive, uPGRADE", ""},
		{"POST", "GET /", "POST /", "method of an upgrade is not GET"},
		{"no Connection", "Connection: Upgrade\r\n", "", "Connection does not list upgrade"},
		{"no key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", "no Sec-WebSocket-Key"},
		{"short key", "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBs", "Sec-WebSocket-Key is not base64 of 16 bytes"},
		{"key that is no base64", "dGhlIHNhbXBsZSBub25jZQ==", "?", "Sec-WebSocket-Key is not base64 of 16 bytes"},
		{"two keys", "Origin: ", "Sec-WebSocket-Key: x\r\nOrigin: ", "more than one Sec-WebSocket-Key"},
		{"no version", "Sec-WebSocket-Version: 13\r\n", "", "no Sec-WebSocket-Version"},
		{"version 8", "Version: 13", "Version: 8", "Sec-WebSocket-Version is not 13"},
		{"two versions", "Origin: ", "Sec-WebSocket-Version: 13\r\nOrigin: ", "more than one Sec-WebSocket-Version"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			head := strings.Replace(rfcRequest, tt.old, tt.new, 1)
			if got := strings.Join(CheckRequest(capture.Head(head)), "; "); got != tt.want {
				t.Errorf("oddities %q, want %q", got, tt.want)
			}
		})
	}
}

func TestCheckAnswer(t *testing.T) {
	for _, tt := range []struct {
		name, old, new string
		want           []string
	}{
		{"the specification's", "", "", nil},
		{"no Upgrade", "Upgrade: websocket\r\n", "", []string{"Upgrade is not websocket"}},
		{"no Connection", "Connection: Upgrade\r\n", "", []string{"Connection does not list upgrade"}},
		{"no accept", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", "", []string{"no Sec-WebSocket-Accept"}},
		{"two accepts", "Upgrade: ", "Sec-WebSocket-Accept: x\r\nUpgrade: ", []string{"more than one Sec-WebSocket-Accept"}},
		{"another accept", "s3pP", "S3pP", []string{"Sec-WebSocket-Accept does not match the key"}},
		{"another protocol", "Protocol: chat", "Protocol: soap", []string{"subprotocol that was not offered"}},
		{"two protocols", "Protocol: chat", "Protocol: chat, superchat", []string{"more than one subprotocol chosen"}},
		{"extension", "Upgrade: ", "Sec-WebSocket-Extensions: permessage-deflate\r\nUpgrade: ", []string{"extension that was not offered"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			answer := strings.Replace(rfcAnswer, tt.old, tt.new, 1)
			if got := CheckAnswer(rfcRequest, capture.Head(answer)); !slices.Equal(got, tt.want) {
				t.Errorf("oddities %q, want %q", got, tt.want)
			}
		})
	}
}

func TestExtensionsSayWhichReservedBitsMayBeSet(t *testing.T) {
	for value, want := range map[string]byte{
		"":                   0,
		"permessage-deflate": rsv1,
		"Permessage-Deflate; client_no_context_takeover": rsv1,
		"x-webkit-deflate-frame":                         rsvAll,
		"permessage-deflate, mux; max-channels=4":        rsvAll,
	} {
		head := capture.Head("HTTP/1.1 101 X\r\nSec-WebSocket-Extensions: " + value + "\r\n\r\n")
		if got := Extensions(head); got != want {
			t.Errorf("Extensions(%q) = %#x, want %#x", value, got, want)
		}
	}
}
