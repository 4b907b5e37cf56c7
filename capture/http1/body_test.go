package http1

import (
	"errors"
	"strings"
	"testing"

	"why403/capture"
)

func TestRequestFraming(t *testing.T) {
	for _, tt := range []struct {
		fields string
		want   Framing
		err    string
	}{
		{"", Framing{}, ""},
		{"Content-Length: 0\r\n", Framing{}, ""},
		{"Content-Length: 5\r\n", Framing{Sized, 5}, ""},
		{"Content-Length: 5\r\nContent-Length: 5, 5\r\n", Framing{Sized, 5}, ""},
		{"Content-Length: 5\r\nContent-Length: 6\r\n", Framing{}, "content length: body length unknown: two values that differ"},
		{"Content-Length: +5\r\n", Framing{}, "content length: body length unknown: not a number below 2^63"},
		{"Content-Length: 9223372036854775808\r\n", Framing{}, "content length: body length unknown: not a number below 2^63"},
		{"Content-Length:\r\n", Framing{}, "content length: body length unknown: not a number below 2^63"},
		{"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", Framing{Kind: Chunked}, ""},
		{"Transfer-Encoding: gzip\r\nTransfer-Encoding: ,Chunked\r\n", Framing{Kind: Chunked}, ""},
		{"Transfer-Encoding: chunked, gzip\r\n", Framing{}, "request framing: body length unknown: last transfer coding is not chunked"},
	} {
		r, err := ParseRequest(capture.Head("POST / HTTP/1.1\r\n" + tt.fields + "\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.Framing()
		if got != tt.want || message(err) != tt.err || err != nil && !errors.Is(err, ErrFraming) {
			t.Errorf("%q: %v, error %v, want %v, error %q", tt.fields, got, err, tt.want, tt.err)
		}
	}
}

func TestResponseFraming(t *testing.T) {
	for _, tt := range []struct {
		method, status, fields string
		want                   Framing
	}{
		{"GET", "200", "Content-Length: 5\r\n", Framing{Sized, 5}},
		{"GET", "403", "", Framing{Kind: UntilClose}},
		{"GET", "403", "Content-Length: 0\r\n", Framing{}},
		{"GET", "403", "Transfer-Encoding: chunked\r\n", Framing{Kind: Chunked}},
		{"GET", "403", "Transfer-Encoding: gzip\r\nContent-Length: 4\r\n", Framing{Kind: UntilClose}},
		{"HEAD", "200", "Content-Length: 5\r\n", Framing{}},
		{"GET", "100", "Content-Length: 5\r\n", Framing{}},
		{"GET", "204", "Content-Length: 5\r\n", Framing{}},
		{"GET", "304", "Content-Length: 5\r\n", Framing{}},
		{"CONNECT", "200", "Content-Length: 5\r\n", Framing{}},
		{"CONNECT", "403", "Content-Length: 5\r\n", Framing{Sized, 5}},
	} {
		r, err := ParseResponse(capture.Head("HTTP/1.1 " + tt.status + " X\r\n" + tt.fields + "\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.Framing(tt.method); got != tt.want || err != nil {
			t.Errorf("%s %s %q: %v, error %v, want %v", tt.method, tt.status, tt.fields, got, err, tt.want)
		}
	}
}

// bodies are given whole and, in TestBodyInPieces, cut at every byte.
var bodies = []struct {
	name    string
	framing Framing
	in      string // ends with "|" where the body does
	payload string
	lenient bool
	err     string
}{
	{"none", Framing{}, "|next", "", false, ""},
	{"sized", Framing{Sized, 5}, "hello|next", "hello", false, ""},
	{"sized, some missing", Framing{Sized, 5}, "hel", "hel", false, ""},
	{"until close", Framing{Kind: UntilClose}, "hello", "hello", false, ""},
	{"chunked", Framing{Kind: Chunked}, "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n|next", "hello", false, ""},
	{"chunked, empty", Framing{Kind: Chunked}, "0\r\n\r\n|", "", false, ""},
	{"hexadecimal", Framing{Kind: Chunked}, "00B\r\nhello\r\nlo w\r\n0\r\n\r\n|x", "hello\r\nlo w", false, ""},
	{"extensions and trailers", Framing{Kind: Chunked}, "1;a=\"b\"\r\nx\r\n0;c\r\nT: 1\r\nU: 2\r\n\r\n|next", "x", false, ""},
	{"LF only", Framing{Kind: Chunked}, "1\nx\n0\n\n|next", "x", true, ""},
	{"space behind size", Framing{Kind: Chunked}, "1 \r\nx\r\n0\r\n\r\n|", "x", true, ""},
	{"no size", Framing{Kind: Chunked}, "\r\n", "", false, "chunked body: body length unknown: byte 0: chunk size is not hexadecimal"},
	{"size", Framing{Kind: Chunked}, "1g\r\n", "", false, "chunked body: body length unknown: byte 1: chunk size is not hexadecimal"},
	{"size too long", Framing{Kind: Chunked}, "1234567890123456\r\n", "", false, "chunked body: body length unknown: byte 15: chunk size of more than 15 digits"},
	{"CR alone", Framing{Kind: Chunked}, "1\rx", "", false, "chunked body: body length unknown: byte 2: CR without LF behind a chunk size"},
	{"chunk too long", Framing{Kind: Chunked}, "1\r\nxy", "x", false, "chunked body: body length unknown: byte 4: no line end behind a chunk"},
	{"endless extension", Framing{Kind: Chunked}, "1;" + strings.Repeat("a", extraLimit+1), "", false,
		"chunked body: body length unknown: byte 65538: chunk extensions and trailers over 64 KiB"},
}

func TestBody(t *testing.T) {
	for _, tt := range bodies {
		t.Run(tt.name, func(t *testing.T) {
			in, rest, ends := strings.Cut(tt.in, "|")
			b := NewBody(tt.framing)
			payload, n, err := readBody(&b, in+rest)
			if payload != tt.payload || message(err) != tt.err || b.Done() != ends || b.Lenient() != tt.lenient {
				t.Errorf("payload %q, error %v, done %v, lenient %v", payload, err, b.Done(), b.Lenient())
			}
			if err == nil && n != len(in) {
				t.Errorf("%d bytes taken, want %d", n, len(in))
			}
			if _, again := b.Feed([]byte("x")); message(again) != tt.err && !ends {
				t.Errorf("error %v, then %v", err, again)
			}
		})
	}
}

func TestBodyInPieces(t *testing.T) {
	for _, tt := range bodies {
		in, rest, _ := strings.Cut(tt.in, "|")
		for i := range min(len(in), 100) {
			checkPieces(t, tt.framing, in+rest, i, 1)
		}
	}
}

// FuzzBody cuts the bytes in two places: what a body takes, its payload and its
// errors do not depend on how it came.
func FuzzBody(f *testing.F) {
	f.Add(uint8(Chunked), int64(0), "3;a\r\nhel\r\n0\r\nT: 1\r\n\r\nnext", 2, 5)
	f.Add(uint8(Sized), int64(4), "hello", 2, 5)
	f.Add(uint8(Chunked), int64(1)<<59, "1\r\nx\r\n0\r\n\r\n", 2, 5)
	f.Fuzz(func(t *testing.T, kind uint8, length int64, in string, i, j int) {
		checkPieces(t, Framing{Kind(kind % 4), max(length, 0)}, in, i, j)
	})
}

func checkPieces(t *testing.T, f Framing, in string, i, j int) {
	t.Helper()
	whole, pieces := NewBody(f), NewBody(f)
	payload, n, err := readBody(&whole, in)
	var gotPayload string
	var got int
	var gotErr error
	for _, piece := range cut(in, i, j) {
		if gotErr == nil {
			p, n, perr := readBody(&pieces, piece)
			gotPayload, got, gotErr = gotPayload+p, got+n, perr
		}
	}
	if got != n || gotPayload != payload || message(gotErr) != message(err) || pieces != whole {
		t.Errorf("%v %q cut at %d, %d: %d bytes, payload %q, error %v; in one piece %d, %q, %v", f, in, i, j, got, gotPayload, gotErr, n, payload, err)
	}
	fed := NewBody(f)
	if m, ferr := fed.Feed([]byte(in)); m != n || message(ferr) != message(err) {
		t.Errorf("%v %q: Feed took %d bytes, error %v; Next took %d, error %v", f, in, m, ferr, n, err)
	}
	if err == nil && !whole.Done() && n < len(in) {
		t.Errorf("%v %q: %d bytes taken of a body that is not done", f, in, n)
	}
}

// readBody takes the body by Next.
func readBody(b *Body, in string) (payload string, n int, err error) {
	for n < len(in) && !b.Done() && err == nil {
		p, took, nerr := b.Next([]byte(in[n:]))
		payload, n, err = payload+string(p), n+took, nerr
	}
	return payload, n, err
}
