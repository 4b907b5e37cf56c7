package capture

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"unsafe"
)

type readable interface {
	StartLine() string
	Fields() iter.Seq2[string, string]
	Get(name string) (string, bool)
}

func read(h readable) []string {
	list := []string{h.StartLine()}
	for name, value := range h.Fields() {
		first, has := h.Get(strings.ToUpper(name))
		list = append(list, fmt.Sprint(name, "=", value, first, has))
	}
	return list
}

func FuzzKeptHeadIsTheHead(f *testing.F) {
	f.Add("GET /a HTTP/1.1\r\nHost: x\r\nKey:  1 \r\n\r\n", "GET /b HTTP/1.1\r\nHost: x\r\nKey: 2\r\n\r\n")
	f.Add("GET / HTTP/1.1\nno colon\n: \x00\n", "\r\nA:\u0085b\rc\n")
	f.Fuzz(func(t *testing.T, one, two string) {
		s := NewHeadShapes()
		for k := range mostCommon { // so that the values of these fields differ with each head
			s.keep(Head(fmt.Sprintf("GET /%d HTTP/1.1\r\nKey: %d\r\nA:%d\n\r\n", k, k, k)).Keep(), KeptHead{})
		}
		for _, text := range []string{one, two, one} {
			h, kept := Head(text), s.keep(Head(text).Keep(), KeptHead{})
			if kept.Head() != h || kept.Len() != len(h) || !kept.Equal(h.Keep()) {
				t.Errorf("%q is kept as %q", h, kept.Head())
			}
			if got, want := read(kept), read(h); !slices.Equal(got, want) {
				t.Errorf("of %q: got %q, want %q", h, got, want)
			}
		}
	})
}

// The heads of a load take the memory of what differs between them.
func TestHeadsShareWhatTheyHaveInCommon(t *testing.T) {
	s := NewHeadShapes()
	shapes := map[*HeadShape]bool{}
	for i := range 1000 {
		h := Head(fmt.Sprintf("GET /ws HTTP/1.1\r\nHost: gw.example\r\nUser-Agent: load/%d\r\nSec-WebSocket-Key: key-%d\r\n\r\n", i%3, i)).Keep()
		kept := s.keep(h, KeptHead{})
		if again := s.keep(h, kept); unsafe.StringData(again.own) != unsafe.StringData(kept.own) {
			t.Fatal("a head that is kept already was kept again")
		}
		if i >= mostCommon {
			shapes[kept.shape] = true
			if want := fmt.Sprintf("key-%d\n", i); kept.own != want {
				t.Fatalf("keeps %q for itself, want %q", kept.own, want)
			}
		}
	}
	if len(shapes) != 3 {
		t.Errorf("%d shapes, want one for each of the 3 user agents", len(shapes))
	}
}
