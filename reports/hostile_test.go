package reports

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"why403/analysis"
	"why403/capture"
)

// payloads break out of the places that captured text is put in.
var payloads = []string{
	`<script>alert(1)</script>`,
	`"><img src=x onerror=alert(1)>`,
	`' onmouseover=alert(1) x='`,
	`</textarea><script>alert(1)</script>`,
	`</pre><script>alert(1)</script>`,
	`</style><script>alert(1)</script>`,
	`</title></svg><script>alert(1)</script>`,
	`--><script>alert(1)</script><!--`,
	`{{.}}javascript:alert(1)`,
	"\x1b]0;owned\x07\x00\r\n<b>\u202egnp.exe\u2066\u200b\xff\xfe\u0085",
}

// plant replaces every string in v by the payload, fields of any type of string
// included, and every byte slice.
func plant(v reflect.Value, payload string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			plant(v.Elem(), payload)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				plant(v.Field(i), payload)
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte(payload))
			return
		}
		for i := range v.Len() {
			plant(v.Index(i), payload)
		}
	case reflect.Map:
		plantMap(v, payload)
	case reflect.String:
		if v.Type() != reflect.TypeFor[analysis.Status]() {
			v.SetString(payload)
		}
	}
}

// plantMap keeps one entry, under the payload as its key.
func plantMap(v reflect.Value, payload string) {
	if v.Len() == 0 {
		return
	}
	value := reflect.New(v.Type().Elem()).Elem()
	value.Set(v.MapIndex(v.MapKeys()[0]))
	plant(value, payload)
	v.Clear()
	v.SetMapIndex(reflect.ValueOf(payload).Convert(v.Type().Key()), value)
}

// known are the elements and attributes that the templates write.
var known = func() map[string]bool {
	set := map[string]bool{}
	for _, c := range fixtures {
		fx := c.make()
		var b bytes.Buffer
		if err := HTML(&b, fx.run, fx.f, fx.x); err != nil {
			panic(err)
		}
		doc, err := html.Parse(&b)
		if err != nil {
			panic(err)
		}
		for n := range doc.Descendants() {
			if n.Type == html.ElementNode {
				set[n.Data] = true
				for _, a := range n.Attr {
					set[n.Data+" "+a.Key] = true
				}
			}
		}
	}
	return set
}()

// TestHostileTextStaysText plants each payload in every string that the reports
// are given: heads, bodies, claims, close reasons, paths, command lines, notes.
// The parsed page must have no element and no attribute that it does not have
// anyway, and must show the payload.
func TestHostileTextStaysText(t *testing.T) {
	for _, payload := range payloads {
		for _, c := range fixtures {
			fx := c.make()
			plant(reflect.ValueOf(fx.run), payload)
			plant(reflect.ValueOf(fx.f), payload)
			plant(reflect.ValueOf(fx.x), payload)
			page := render(t, fx)
			checkNoInvisible(t, page)
			shown := 0
			for _, n := range elements(t, page) {
				if !known[n.Data] {
					t.Fatalf("%s: %q made an element <%s>", c.name, payload, n.Data)
				}
				for _, a := range n.Attr {
					if !known[n.Data+" "+a.Key] {
						t.Fatalf("%s: %q made an attribute <%s %s>", c.name, payload, n.Data, a.Key)
					}
				}
				if strings.Contains(text(n), line(payload)) {
					shown++
				}
			}
			if shown < 10 {
				t.Errorf("%s: %q is shown only in %d elements", c.name, payload, shown)
			}
		}
	}
}

// TestHostileTextOnATerminal does the same for the texts.
func TestHostileTextOnATerminal(t *testing.T) {
	for _, payload := range payloads {
		for _, c := range fixtures {
			fx := c.make()
			plant(reflect.ValueOf(fx.f), payload)
			var short, long bytes.Buffer
			if err := Text(&short, fx.f); err != nil {
				t.Fatal(err)
			}
			if err := Explain(&long, fx.f); err != nil {
				t.Fatal(err)
			}
			checkNoInvisible(t, short.Bytes())
			checkNoInvisible(t, long.Bytes())
			if n := strings.Count(short.String(), "\n"); n > 5 {
				t.Errorf("%s: Text wrote %d lines, want at most 5", c.name, n)
			}
		}
	}
}

func checkNoInvisible(t *testing.T, out []byte) {
	t.Helper()
	if !utf8.Valid(out) {
		t.Error("the output is not UTF-8")
	}
	for _, r := range string(out) {
		if isInvisible(r) {
			t.Fatalf("the output holds the invisible character U+%04X", r)
		}
	}
}

func TestDiffHeads(t *testing.T) {
	left := capture.Head("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\nDate: a\r\n\r\n")
	right := capture.Head("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nconnection: Upgrade\r\nDate: b\nServer: x\r\n\r\n")
	want := []diffRow{
		{"HTTP/1.1 403 Forbidden", "HTTP/1.1 101 Switching Protocols", true, false},
		{"Content-Length: 0", "", true, false},
		{"", "Upgrade: websocket", true, false},
		{"Connection: close", "connection: Upgrade", true, false},
		{"Date: a", "Date: b␊", true, true},
		{"", "Server: x", true, false},
	}
	got := diffHeads(left, right)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// FuzzDiffHeads checks that no line is lost, invented or moved.
func FuzzDiffHeads(f *testing.F) {
	f.Add("GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\n\r\n", "GET / HTTP/1.1\r\nB: 2\r\nA: 1\r\n\r\n")
	f.Add("\n\n:\n", "")
	f.Fuzz(func(t *testing.T, a, b string) {
		var left, right []string
		for _, r := range diffHeads(capture.Head(a), capture.Head(b)) {
			if r.Left != "" {
				left = append(left, r.Left)
			}
			if r.Right != "" {
				right = append(right, r.Right)
			}
		}
		check := func(head string, got []string) {
			want := headLines(capture.Head(head))
			for i, l := range want {
				if i >= len(got) || got[i] != visible(cut(l, diffLength)) {
					t.Fatalf("lines of %q came out as %q", head, got)
				}
			}
			if len(got) != len(want) {
				t.Fatalf("%d lines of %q, want %d", len(got), head, len(want))
			}
		}
		check(a, left)
		check(b, right)
	})
}
