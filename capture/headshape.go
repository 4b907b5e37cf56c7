package capture

import (
	"slices"
	"strings"
)

// HeadShape is what heads have in common, taken apart once for all of them: fields of the
// same names in the same order, and of some the value.
type HeadShape struct {
	text      string // a head with a hole in place of each value that is its own
	holes     int
	startLine string
	ownStart  bool // the start line is a hole
	fields    []headField
}

// headField is a field line; its value may be a hole, of which so many come before.
type headField struct {
	name, value string
	hole        int
}

// hole stands for a value in a shape. A head that has one of its own has no shape.
const hole = "\x00"

func newHeadShape(text string) *HeadShape {
	s := &HeadShape{text: text, holes: strings.Count(text, hole), startLine: Head(text).StartLine()}
	n := strings.Count(s.startLine, hole)
	s.ownStart = n > 0
	for name, value := range Head(text).Fields() {
		s.fields = append(s.fields, headField{name, value, n})
		n += strings.Count(value, hole)
	}
	return s
}

// find returns the first field with a name, case ignored, −1 if there is none.
func (s *HeadShape) find(name string) int {
	return slices.IndexFunc(s.fields, func(f headField) bool { return strings.EqualFold(f.name, name) })
}

// Common returns the values of the fields that all heads of the shape have, by the order of
// [KeptHead.Fields]; ok is false for those that each has of its own.
func (s *HeadShape) Common(field int) (value string, ok bool) {
	value = s.fields[field].value
	return value, value != hole
}
