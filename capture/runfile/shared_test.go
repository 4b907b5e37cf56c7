package runfile

import (
	"strings"
	"testing"
	"unsafe"
)

func TestSharedKeepsOneCopy(t *testing.T) {
	s := shared{}
	first := s.value(strings.Clone("gw.example")).(string)
	again := s.value(strings.Clone("gw.example")).(string)
	if first != again || unsafe.StringData(first) != unsafe.StringData(again) {
		t.Error("equal texts are kept twice")
	}
	for _, v := range []any{int64(7), strings.Repeat("x", longestShared+1), "another"} {
		if got := s.value(v); got != v {
			t.Errorf("%v became %v", v, got)
		}
	}
}
