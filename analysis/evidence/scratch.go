package evidence

import (
	"slices"
	"sync"
)

// scratch is memory that scans use one after the other.
type scratch struct {
	cells []Cell
	added []step
	marks [kinds + 1][]mark // the last is what sorting needs beside
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// room returns n marks with anything in them.
func (s *scratch) room(kind, n int) []mark {
	s.marks[kind] = slices.Grow(s.marks[kind][:0], n)[:n]
	return s.marks[kind]
}

// steps returns n steps without any weight.
func (s *scratch) steps(n int) []step {
	s.added = slices.Grow(s.added[:0], n)[:n]
	clear(s.added)
	return s.added
}
