package runfile

import (
	"strings"
	"testing"
	"unsafe"

	"why403/capture"
)

// view is a text in memory that is written over.
func view(s string) (text string, gone func()) {
	b := []byte(s)
	return unsafe.String(&b[0], len(b)), func() { clear(b) }
}

func TestKeptMakesTheSameOfTheSameText(t *testing.T) {
	k := newKept()
	var texts []string
	var heads []capture.KeptHead
	var lists [][]string
	for range 2 {
		text, gone := view("gw.example")
		texts = append(texts, k.text(text))
		gone()
		text, gone = view("GET / HTTP/1.1\r\nHost: gw.example\r\n\r\n")
		heads = append(heads, k.head(text))
		gone()
		text, gone = view(`["a","b"]`)
		list, err := listOf[string](text, k)
		if err != nil {
			t.Fatal(err)
		}
		lists = append(lists, list)
		gone()
	}
	if texts[0] != "gw.example" || unsafe.StringData(texts[0]) != unsafe.StringData(texts[1]) {
		t.Errorf("texts %q are kept twice, or not", texts)
	}
	if heads[0] != heads[1] || heads[0].Head() != "GET / HTTP/1.1\r\nHost: gw.example\r\n\r\n" {
		t.Errorf("heads %q and %q are kept twice, or not", heads[0].Head(), heads[1].Head())
	}
	if &lists[0][0] != &lists[1][0] || strings.Join(lists[0], "") != "ab" || cap(lists[0]) != 2 {
		t.Errorf("lists %q are kept twice, or not", lists)
	}
}

// What attempts of a file have in common takes memory once.
func TestAttemptsShareWhatTheyHaveInCommon(t *testing.T) {
	a, b := filledUpgrade(1), filledUpgrade(1)
	a.Conn, b.Conn = 1, 2
	u := mustOpen(t, sealed(t, a, b)).Upgrades
	if u[0].ClientTLS != u[1].ClientTLS || u[0].ServerTLS != u[1].ServerTLS || u[0].ClientTLS == u[0].ServerTLS {
		t.Error("facts of TLS are kept twice, or as others'")
	}
	if &u[0].Body[0] != &u[1].Body[0] || cap(u[0].Body) != len(u[0].Body) || &u[0].Credentials[0] != &u[1].Credentials[0] {
		t.Error("a body or credentials are kept twice, or with room")
	}
	if unsafe.StringData(u[0].Host) != unsafe.StringData(u[1].Host) {
		t.Error("a text is kept twice")
	}
}

// A text that several columns have is a list in each of them.
func TestKeptListsHaveTheTypeOfTheirColumn(t *testing.T) {
	k := newKept()
	if _, err := listOf[string]("[]", k); err != nil {
		t.Fatal(err)
	}
	if l, err := listOf[capture.Credential]("[]", k); err != nil || len(l) != 0 {
		t.Errorf("%v, %v", l, err)
	}
}

// A head without a shape is a copy as well.
func TestKeptHeadWithoutShape(t *testing.T) {
	text, gone := view("odd\x00head")
	head := newKept().head(text)
	gone()
	if head.Shape() != nil || head.Head() != "odd\x00head" {
		t.Errorf("%q", head.Head())
	}
}

// Texts that do not repeat take no more than the room of a pool.
func TestPoolIsBounded(t *testing.T) {
	p := newPool[int]()
	p.room = 3 * (pooled + 1)
	for i, text := range []string{"a", "b", "c", "d"} {
		p.add(text, i)
	}
	if len(p.made) != 3 || p.made["c"] != 2 {
		t.Errorf("it has %v", p.made)
	}
}
