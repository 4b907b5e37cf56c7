package http1

import (
	"slices"
	"strings"
	"testing"
)

const toOrigin = "request target: absolute form to origin form"

func TestEdit(t *testing.T) {
	for _, tt := range []struct {
		name, head, want string
		keep             bool
		edits            []string
		host             string
	}{
		{"nothing to do", "GET /a HTTP/1.1\r\nA: b\r\na:b\r\n\r\n", "GET /a HTTP/1.1\r\nA: b\r\na:b\r\n\r\n", false, nil, ""},
		{"absolute form", "GET ws://a:b@c.test:80/d?e=ws://x HTTP/1.1\r\nHost: a\r\n\r\n",
			"GET /d?e=ws://x HTTP/1.1\r\nHost: a\r\n\r\n", false, []string{toOrigin}, ""},
		{"absolute form, odd spaces", "\r\n GET\thttp://a  HTTP/1.1\nHost: a\n\n", "\r\n GET\t/  HTTP/1.1\nHost: a\n\n", false, []string{toOrigin}, ""},
		{"absolute form kept", "GET ws://a/ HTTP/1.1\r\n\r\n", "GET ws://a/ HTTP/1.1\r\n\r\n", true, nil, ""},
		{"authority form", "CONNECT a:1 HTTP/1.1\r\n\r\n", "CONNECT a:1 HTTP/1.1\r\n\r\n", false, nil, ""},
		{"proxy fields", "GET / HTTP/1.1\r\nProxy-Connection: keep-alive\r\nHost: a\r\nPROXY-AUTHORIZATION : Basic xyz\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: a\r\n\r\n", false, []string{`field "Proxy-Connection" dropped`, `field "PROXY-AUTHORIZATION" dropped`}, ""},
		{"continued", "GET / HTTP/1.1\r\nProxy-Authorization: Basic\r\n xyz\r\nA: b\r\n c\r\n\r\n",
			"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", false, []string{`field "Proxy-Authorization" dropped`, "its continuation dropped"}, ""},
		{"not for the proxy", "GET / HTTP/1.1\r\nX-Proxy-A: b\r\nProxy: c\r\nproxy-d\r\n\r\n",
			"GET / HTTP/1.1\r\nX-Proxy-A: b\r\nProxy: c\r\nproxy-d\r\n\r\n", false, nil, ""},
		{"body of another", "GET / HTTP/1.1\r\n\r\nProxy-A: b\r\n", "GET / HTTP/1.1\r\n\r\nProxy-A: b\r\n", false, nil, ""},
		{"no request", "hello\r\nProxy-A: b\r\n\r\n", "hello\r\n\r\n", false, []string{`field "Proxy-A" dropped`}, ""},
		{"host", "GET / HTTP/1.1\r\nhOST:  127.0.0.1:1 \r\nX-Host: a\r\n\r\n", "GET / HTTP/1.1\r\nhOST:  gw.test \r\nX-Host: a\r\n\r\n",
			false, []string{`field "Host" changed to the upstream's`}, "gw.test"},
		{"empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET / HTTP/1.1\r\nHost:gw.test\r\n\r\n", false, []string{`field "Host" changed to the upstream's`}, "gw.test"},
		{"host already", "GET / HTTP/1.1\r\nHost: gw.test\r\n\r\n", "GET / HTTP/1.1\r\nHost: gw.test\r\n\r\n", false, nil, "gw.test"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			head := []byte(tt.head)
			out, edits := Edit(head, EditOptions{KeepAbsolute: tt.keep, Host: tt.host})
			if string(out) != tt.want || !slices.Equal(edits, tt.edits) {
				t.Errorf("%q, edits %q, want %q, %q", out, edits, tt.want, tt.edits)
			}
			if string(head) != tt.head {
				t.Errorf("input changed to %q", head)
			}
		})
	}
}

// FuzzEdit: an edited head is the head with whole lines taken out and, at most, a
// shorter start line; editing again changes nothing.
func FuzzEdit(f *testing.F) {
	f.Add("GET http://a/b HTTP/1.1\r\nProxy-A: b\r\n c\r\nHost: a\r\n\r\n", false)
	f.Add("\n GET http://a HTTP/1.1\nproxy-: b\n\n", true)
	f.Fuzz(func(t *testing.T, head string, keep bool) {
		opt := EditOptions{KeepAbsolute: keep}
		out, edits := Edit([]byte(head), opt)
		if (edits == nil) != (string(out) == head) {
			t.Errorf("%q to %q with edits %q", head, out, edits)
		}
		before := slices.Collect(strings.Lines(head))
		for line := range strings.Lines(string(out)) {
			i := slices.Index(before, line)
			if i < 0 {
				i = slices.IndexFunc(before, func(l string) bool { return strings.Contains(l, "://") })
				if i < 0 || keep {
					t.Fatalf("line %q of %q is new", line, out)
				}
			}
			before = before[i+1:]
		}
		if again, edits := Edit(out, opt); string(again) != string(out) {
			t.Errorf("%q to %q, and then to %q with edits %q", head, out, again, edits)
		}
	})
}
