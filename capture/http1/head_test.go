package http1

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"why403/capture"
)

const host = "Host: gw.test\r\n"

func TestParseRequest(t *testing.T) {
	for _, tt := range []struct {
		name, head     string
		method, origin string
		odd            Oddities
	}{
		{"plain", "GET /a?b HTTP/1.1\r\n" + host + "\r\n", "GET", "/a?b", 0},
		{"odd method", "M-SEARCH * HTTP/1.1\r\n" + host + "\r\n", "M-SEARCH", "*", OddTarget},
		{"asterisk", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n", "OPTIONS", "*", 0},
		{"LF", "GET / HTTP/1.1\nHost: a\n\n", "GET", "/", BareLF},
		{"empty line before", "\r\nGET / HTTP/1.1\r\n" + host + "\r\n", "GET", "/", LeadingLines},
		{"spaces", "GET  / HTTP/1.1 \r\n" + host + "\r\n", "GET", "/", SpacesInStart},
		{"space within target", "GET /a b HTTP/1.1\r\n" + host + "\r\n", "GET", "/a b", SpacesInStart},
		{"tab", "GET\t/ HTTP/1.1\r\n" + host + "\r\n", "GET", "/", SpacesInStart},
		{"old", "GET / HTTP/1.0\r\n\r\n", "GET", "/", OldVersion},
		{"newer", "GET / HTTP/1.2\r\n" + host + "\r\n", "GET", "/", NewerMinor},
		{"target", "GET a/b HTTP/1.1\r\n" + host + "\r\n", "GET", "a/b", OddTarget},
		{"no host", "GET / HTTP/1.1\r\n\r\n", "GET", "/", NoHost},
		{"two hosts", "GET / HTTP/1.1\r\n" + host + "HOST: b\r\n\r\n", "GET", "/", ManyHosts},
		{"two credentials", "GET / HTTP/1.1\r\n" + host + "Authorization: a\r\nAuthorization: b\r\n\r\n", "GET", "/", ManyCredentials},
		{"two lengths", "GET / HTTP/1.1\r\n" + host + "Content-Length: 1, 1\r\n\r\n", "GET", "/", ManyLengths},
		{"length and coding", "GET / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "GET", "/", LengthAndCoding},
		{"coding in old", "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "GET", "/", OldVersion | CodingInOld},
		{"folded", "GET / HTTP/1.1\r\n" + host + "A: b\r\n c\r\n\r\n", "GET", "/", ObsoleteFold},
		{"folded first", "GET / HTTP/1.1\r\n A: b\r\n" + host + "\r\n", "GET", "/", FoldFirst},
		{"no colon", "GET / HTTP/1.1\r\n" + host + "A\r\n\r\n", "GET", "/", NoColon},
		{"space before colon", "GET / HTTP/1.1\r\n" + host + "A : b\r\n\r\n", "GET", "/", SpaceBeforeColon},
		{"name", "GET / HTTP/1.1\r\n" + host + "A(b): c\r\n\r\n", "GET", "/", BadName},
		{"CR within", "GET / HTTP/1.1\r\n" + host + "A: b\rc\r\n\r\n", "GET", "/", BareCR},
		{"control byte", "GET / HTTP/1.1\r\n" + host + "A: \x00\r\n\r\n", "GET", "/", ControlBytes},
		{"beyond ASCII", "GET / HTTP/1.1\r\n" + host + "A: é\r\n\r\n", "GET", "/", BeyondASCII},
		{"no end", "GET / HTTP/1.1\r\n" + host, "GET", "/", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := ParseRequest(capture.Head(tt.head))
			if err != nil {
				t.Fatal(err)
			}
			if r.Method != tt.method || r.Target.Origin != tt.origin || r.Oddities != tt.odd {
				t.Errorf("%s %q, oddities %q, want %s %q, %q",
					r.Method, r.Target.Origin, r.Oddities.List(), tt.method, tt.origin, tt.odd.List())
			}
		})
	}
}

func TestNoRequest(t *testing.T) {
	for _, tt := range []struct{ name, head, err string }{
		{"nothing", "", "read head: line 1, byte 0: no spaces in the request line"},
		{"empty lines", "\r\n\r\n", "read head: line 1, byte 2: no spaces in the request line"},
		{"one word", "hello\r\n\r\n", "read head: line 1, byte 0: no spaces in the request line"},
		{"HTTP/0.9", "\r\nGET /\r\n\r\n", "read head: line 1, byte 2: no target in the request line"},
		{"method", "G\x01T / HTTP/1.1\r\n\r\n", "read head: line 1, byte 0: method is no token"},
		{"HTTP/2", "PRI * HTTP/2.0\r\n\r\n", "read head: line 1, byte 0: version is not HTTP/1"},
		{"two digits", "GET / HTTP/1.11\r\n\r\n", "read head: line 1, byte 0: version is not HTTP/1"},
		{"lower case", "GET / http/1.1\r\n\r\n", "read head: line 1, byte 0: version is not HTTP/1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseRequest(capture.Head(tt.head))
			if got := message(err); got != tt.err {
				t.Errorf("error %q, want %q", got, tt.err)
			}
			if e := new(Error); !errors.As(err, &e) {
				t.Errorf("error is a %T", err)
			}
		})
	}
}

func TestParseTarget(t *testing.T) {
	for _, tt := range []struct {
		method, raw string
		want        Target
	}{
		{"GET", "/a?b", Target{Form: OriginForm, Origin: "/a?b"}},
		{"GET", "//a.test/b", Target{Form: OriginForm, Origin: "//a.test/b"}},
		{"GET", "http://a.test:8080/b?c", Target{Form: AbsoluteForm, Scheme: "http", Authority: "a.test:8080", Origin: "/b?c"}},
		{"GET", "WS://a.test", Target{Form: AbsoluteForm, Scheme: "WS", Authority: "a.test", Origin: "/"}},
		{"GET", "ws://a.test?x=/", Target{Form: AbsoluteForm, Scheme: "ws", Authority: "a.test", Origin: "/?x=/"}},
		{"GET", "http://me:secret@a.test/", Target{Form: AbsoluteForm, Scheme: "http", Authority: "a.test", Origin: "/"}},
		{"GET", "http://[::1]:80/", Target{Form: AbsoluteForm, Scheme: "http", Authority: "[::1]:80", Origin: "/"}},
		{"OPTIONS", "http://a.test", Target{Form: AbsoluteForm, Scheme: "http", Authority: "a.test", Origin: "*"}},
		{"OPTIONS", "*", Target{Form: AsteriskForm, Origin: "*"}},
		{"CONNECT", "a.test:443", Target{Form: AuthorityForm, Authority: "a.test:443"}},
		{"CONNECT", "https://a.test/", Target{Origin: "https://a.test/"}},
		{"GET", "a.test:443", Target{Origin: "a.test:443"}},
		{"GET", "1x://a/", Target{Origin: "1x://a/"}},
	} {
		tt.want.Raw = tt.raw
		if got := ParseTarget(tt.method, tt.raw); got != tt.want {
			t.Errorf("%s %q: %+v, want %+v", tt.method, tt.raw, got, tt.want)
		}
	}
}

func TestIsUpgrade(t *testing.T) {
	for _, tt := range []struct {
		start, fields string
		want          bool
	}{
		{"GET / HTTP/1.1", "Upgrade: websocket\r\nConnection: Upgrade\r\n", true},
		{"GET / HTTP/1.1", "UPGRADE: h2c, WebSocket\r\n", true},
		{"GET / HTTP/1.1", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", true},
		{"GET / HTTP/1.1", "Upgrade: h2c\r\n", false},
		{"GET / HTTP/1.1", "X: websocket\r\n", false},
		{"CONNECT a.test:1 HTTP/1.1", "Upgrade: websocket\r\n", false},
	} {
		r, err := ParseRequest(capture.Head(tt.start + "\r\n" + tt.fields + "\r\n"))
		if err != nil || r.IsUpgrade() != tt.want {
			t.Errorf("%q %q: upgrade %v, want %v (error %v)", tt.start, tt.fields, !tt.want, tt.want, err)
		}
	}
}

func TestParseResponse(t *testing.T) {
	for _, tt := range []struct {
		name, line string
		status     int
		reason     string
		odd        Oddities
		err        string
	}{
		{"plain", "HTTP/1.1 403 Not Allowed", 403, "Not Allowed", 0, ""},
		{"empty reason", "HTTP/1.1 403 ", 403, "", 0, ""},
		{"no space behind", "HTTP/1.1 403", 403, "", NoReasonSpace, ""},
		{"old", "HTTP/1.0 200 OK", 200, "OK", OldVersion, ""},
		{"newer", "HTTP/1.9 200 OK", 200, "OK", NewerMinor, ""},
		{"two spaces", "HTTP/1.1  403 No", 403, "No", SpacesInStart, ""},
		{"space before", " HTTP/1.1 403 No", 403, "No", SpacesInStart, ""},
		{"space behind", "HTTP/1.1 403 No ", 403, "No", SpacesInStart, ""},
		{"low", "HTTP/1.1 099 No", 99, "No", OddStatus, ""},
		{"high", "HTTP/1.1 999 No", 999, "No", OddStatus, ""},
		{"four digits", "HTTP/1.1 4033 No", 0, "", 0, "read head: line 1, byte 0: status is not three digits"},
		{"no status", "HTTP/1.1 ", 0, "", 0, "read head: line 1, byte 0: status is not three digits"},
		{"not HTTP", "ICY 200 OK", 0, "", 0, "read head: line 1, byte 0: version is not HTTP/1"},
		{"nothing", "", 0, "", 0, "read head: line 1, byte 2: version is not HTTP/1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := ParseResponse(capture.Head(tt.line + "\r\n\r\n"))
			if got := message(err); got != tt.err {
				t.Fatalf("error %q, want %q", got, tt.err)
			}
			if err == nil && (r.Status != tt.status || r.Reason != tt.reason || r.Oddities != tt.odd) {
				t.Errorf("%d %q, oddities %q, want %d %q, %q", r.Status, r.Reason, r.Oddities.List(), tt.status, tt.reason, tt.odd.List())
			}
		})
	}
}

func TestIsFinal(t *testing.T) {
	for status, want := range map[int]bool{100: false, 101: true, 103: false, 200: true, 403: true} {
		if r := (Response{Status: status}); r.IsFinal() != want {
			t.Errorf("%d: final %v", status, !want)
		}
	}
}

func TestFields(t *testing.T) {
	r, err := ParseRequest("GET / HTTP/1.1\r\nhost:  a \r\nX: 1\r\nx: 2\r\nF: one,\r\n\ttwo\r\nE:\r\n\r\n")
	if err != nil {
		t.Fatal(err)
	}
	want := Fields{{"host", "a"}, {"X", "1"}, {"x", "2"}, {"F", "one,\r\n\ttwo"}, {"E", ""}}
	if !slices.Equal(r.Fields, want) {
		t.Errorf("fields %q, want %q", r.Fields, want)
	}
	if v, ok := r.Fields.Get("HOST"); v != "a" || !ok {
		t.Errorf("Get: %q, %v", v, ok)
	}
	if _, ok := r.Fields.Get("none"); ok {
		t.Error("Get finds a field that is not there")
	}
	if n := r.Fields.Count("x"); n != 2 {
		t.Errorf("Count: %d, want 2", n)
	}
	if !r.Fields.HasToken("f", "TWO") || r.Fields.HasToken("f", "one,") {
		t.Error("HasToken reads a continued list wrongly")
	}
}

func TestEveryOddityHasWords(t *testing.T) {
	all := OddStatus<<1 - 1
	if words := all.List(); len(words) != len(oddityWords) || slices.Contains(words, "") {
		t.Errorf("words for %d of %d oddities", len(words), len(oddityWords))
	}
}

func TestLooksLikeRequest(t *testing.T) {
	for b, want := range map[string]bool{
		"": true, "G": true, "GET": true, "GET /": true, "\r\nGET /": true, "M-SEARCH *": true, "BASELINE_CONTROL /": true,
		"PRI": true, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n": false, "\x16\x03\x01": false, "SSH-2.0-x": false, " GET /": false,
		strings.Repeat("A", methodLimit) + " /": true, strings.Repeat("A", methodLimit+1): false, "\x00": false, "GET\x00": false,
	} {
		if got := LooksLikeRequest([]byte(b)); got != want {
			t.Errorf("%q: %v", b, got)
		}
	}
}

// FuzzHead: what is parsed was found in the head as it stands, and the beginning of
// a head that can be parsed and has an ordinary method looks like a request.
func FuzzHead(f *testing.F) {
	f.Add("GET http://a/b HTTP/1.1\r\nHost: a\r\nF: x\r\n y\r\n\r\n")
	f.Add("\nHTTP/1.1  403 No\r\nContent-Length: 1,2\r\n\r\n")
	f.Fuzz(func(t *testing.T, head string) {
		var fields Fields
		if r, err := ParseRequest(capture.Head(head)); err == nil {
			fields = r.Fields
			if !strings.Contains(head, r.Method) || !strings.Contains(head, r.Target.Raw) || r.Target.Raw == "" {
				t.Errorf("method %q, target %q", r.Method, r.Target.Raw)
			}
			r.Framing()
		}
		if r, err := ParseResponse(capture.Head(head)); err == nil {
			fields = r.Fields
			if r.Status < 0 || r.Status > 999 || !strings.Contains(head, r.Reason) {
				t.Errorf("status %d, reason %q", r.Status, r.Reason)
			}
			r.Framing("GET")
		}
		rest := head
		for _, field := range fields { // in order, without overlap
			i := strings.Index(rest, field.Name)
			if i < 0 {
				t.Fatalf("field %q is not in the head, or not in this place", field.Name)
			}
			rest = rest[i+len(field.Name):]
			if i = strings.Index(rest, field.Value); i < 0 {
				t.Fatalf("value %q of field %q is not in the head, or not in this place", field.Value, field.Name)
			}
			rest = rest[i+len(field.Value):]
		}
	})
}

// FuzzLooksLikeRequest: more bytes never turn a no into a yes.
func FuzzLooksLikeRequest(f *testing.F) {
	f.Add("PRI * HTTP/2.0", 5)
	f.Add("\r\nGET / HTTP/1.1", 3)
	f.Fuzz(func(t *testing.T, in string, i int) {
		some := cut(in, i, 0)[0]
		if LooksLikeRequest([]byte(in)) && !LooksLikeRequest([]byte(some)) {
			t.Errorf("%q looks like a request, %q does not", in, some)
		}
	})
}
