package passive

import "testing"

// TestSniffing: what bytes begin is told by the first of them, and more do not change it.
func TestSniffing(t *testing.T) {
	for text, want := range map[string]kind{
		"GET /ws HTTP/1.1\r\nHost: gw":                 request,
		"\r\nGET /ws HTTP/1.1\r\nHost: gw":             request,
		"PROPFIND / HTTP/1.1\r\nHost: gw":              request,
		"CONNECT gw:443 HTTP/1.1\r\n":                  connect,
		"HTTP/1.1 403 Forbidden\r\n":                   response,
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n":             preface,
		"\n\rPRI * HTTP/2.0\r\n\r\nSM":                 unknown,
		"PRIVATE / HTTP/1.1\r\nHost: gw":               request,
		"PROXY TCP4 10.0.0.1 10.0.0.2 5 6\r\n":         proxyHeader,
		proxyV2 + "\x21\x11\x00\x0c0123456789ab":       proxyHeader,
		"\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03": clientHello,
		"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03": settings,
		"\x00\x00\x12\x05\x00\x00\x00\x00\x00\x00\x03": unknown,
		"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n":   unknown,
	} {
		got := short
		for n := 1; n <= min(len(text), decisive); n++ {
			switch k := classify([]byte(text[:n])); {
			case got == short:
				got = k
			case k != got:
				t.Errorf("%q is %d, with a byte more %d", text[:n-1], got, k)
				got = k
			}
		}
		if got != want {
			t.Errorf("%q is %d, want %d", text, got, want)
		}
	}
}
