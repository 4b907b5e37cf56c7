package capture

import "strings"

// headShape is what heads have in common, taken apart once for all of them.
type headShape struct {
	text      string // a head with a hole in place of each value that is its own
	holes     int
	startLine string
	ownStart  bool // the start line is a hole
	fields    []headField
}

// headField is a field line; its value may be a hole.
type headField struct{ name, value string }

// hole stands for a value in a shape. A head that has one of its own has no shape.
const hole = "\x00"

func newHeadShape(text string) *headShape {
	s := &headShape{text: text, holes: strings.Count(text, hole), startLine: Head(text).StartLine()}
	s.ownStart = strings.Contains(s.startLine, hole)
	for name, value := range Head(text).Fields() {
		s.fields = append(s.fields, headField{name, value})
	}
	return s
}
