package http1

import (
	"strings"
	"testing"
)

func TestHeadEnd(t *testing.T) {
	for _, tt := range []struct {
		name, head, rest string
		complete         bool
	}{
		{"request", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "body", true},
		{"no fields", "HTTP/1.1 200 OK\r\n\r\n", "\r\n", true},
		{"LF only", "GET / HTTP/1.1\nHost: a\n\n", "\n", true},
		{"CRLF then LF", "GET / HTTP/1.1\r\nHost: a\r\n\n", "", true},
		{"empty lines before", "\r\n\n\r\nGET / HTTP/1.1\r\n\r\n", "x", true},
		{"CR CR LF is no empty line", "GET / HTTP/1.1\r\n\r\r\n", "", false},
		{"white space is no empty line", "GET / HTTP/1.1\r\n \r\n", "", false},
		{"last LF missing", "GET / HTTP/1.1\r\nHost: a\r\n\r", "", false},
		{"only empty lines", "\r\n\r\n\r\n", "", false},
		{"nothing", "", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n, complete := HeadEnd([]byte(tt.head + tt.rest))
			if n != len(tt.head) || complete != tt.complete {
				t.Errorf("head ends at %d (complete: %v), want %d (%v)", n, complete, len(tt.head), tt.complete)
			}
		})
	}
}

func TestScannerCounts(t *testing.T) {
	var s Scanner
	const lead, head = "\r\n\n", "GET / HTTP/1.1\r\n\r\n"
	if _, done, err := s.Scan([]byte(lead + head + "body")); !done || err != nil {
		t.Fatalf("done %v, error %v", done, err)
	}
	if s.Lead() != len(lead) || s.Taken() != len(lead+head) {
		t.Errorf("%d bytes taken with %d before the start line, want %d with %d", s.Taken(), s.Lead(), len(lead+head), len(lead))
	}
}

// TestHeadLimit: a head of exactly the limit passes, whatever follows it.
func TestHeadLimit(t *testing.T) {
	const head = "GET / HTTP/1.1\r\n\r\n"
	for _, tt := range []struct {
		name, in string
		limit    int
		err      string
	}{
		{"at the limit", head + "more", len(head), ""},
		{"one over", head, len(head) - 1, "read head: byte 17: head over 17 bytes"},
		{"no end in sight", strings.Repeat("a", 100), 50, "read head: byte 50: head over 50 bytes"},
		{"only empty lines", strings.Repeat("\r\n", 100), 50, "read head: byte 50: head over 50 bytes"},
		{"by default", strings.Repeat("a", DefaultHeadLimit+1), 0, "read head: byte 65536: head over 65536 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := Scanner{Limit: tt.limit}
			_, done, err := s.Scan([]byte(tt.in))
			if got := message(err); got != tt.err || done != (tt.err == "") {
				t.Errorf("done %v, error %q, want %q", done, got, tt.err)
			}
		})
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// FuzzScan cuts the bytes in two places: where a head ends does not depend on how it
// came.
func FuzzScan(f *testing.F) {
	f.Add("GET / HTTP/1.1\r\nHost: a\r\n\r\nbody", 3, 17)
	f.Add("\r\n\nHTTP/1.1 403 No\n\n", 1, 18)
	f.Fuzz(func(t *testing.T, in string, i, j int) {
		want, complete := HeadEnd([]byte(in))
		s := Scanner{Limit: len(in) + 1}
		got, done := 0, false
		for _, piece := range cut(in, i, j) {
			if done {
				break
			}
			n, d, err := s.Scan([]byte(piece))
			if err != nil {
				t.Fatal(err)
			}
			if got, done = got+n, d; !d && n < len(piece) {
				t.Fatalf("%d of %d bytes taken before the end", n, len(piece))
			}
		}
		if got != want || done != complete || s.Taken() != want {
			t.Errorf("head ends at %d (complete: %v), in one piece at %d (%v)", got, done, want, complete)
		}
	})
}

// cut cuts s into three pieces.
func cut(s string, i, j int) []string {
	i = int(uint(i) % uint(len(s)+1))
	j = i + int(uint(j)%uint(len(s)-i+1))
	return []string{s[:i], s[i:j], s[j:]}
}
