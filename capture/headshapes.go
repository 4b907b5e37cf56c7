package capture

import "strings"

// HeadShapes finds what the heads of a run have in common: the values of a field that
// has few, and all names, white space and line ends.
type HeadShapes struct {
	values map[string]map[string]bool // by the line up to its value; nil once there are too many
	shapes map[string]*HeadShape
	shape  []byte
	own    []byte
}

// mostCommon is how many values a field may have and still be one that heads have in
// common.
const mostCommon = 64

// NewHeadShapes returns one that has met no head.
func NewHeadShapes() *HeadShapes {
	return &HeadShapes{values: map[string]map[string]bool{}, shapes: map[string]*HeadShape{}}
}

// Keep returns h as one that shares with others what it has in common with them. Only a head
// whose Shape is nil still refers to the memory of h.
func (s *HeadShapes) Keep(h Head) KeptHead { return s.keep(h.Keep(), KeptHead{}) }

// keep returns a head that shares with others what it has in common with them. A head
// that was kept before may be given as it was, so that nothing is worked out again.
func (s *HeadShapes) keep(h, before KeptHead) KeptHead {
	switch {
	case h.shape != nil || h.own == "" || strings.Contains(h.own, hole):
		return h
	case before.shape != nil && before.Equal(h):
		return before
	}
	s.shape, s.own = s.shape[:0], s.own[:0]
	first := true
	for line := range strings.Lines(h.own) {
		from, to := valueOf(line, first)
		first = false
		value := line[from:to]
		if value == "" || s.common(line[:from], value) {
			s.shape = append(s.shape, line...)
			continue
		}
		s.shape = append(append(append(s.shape, line[:from]...), hole...), line[to:]...)
		s.own = append(append(s.own, value...), '\n')
	}
	shape := s.shapes[string(s.shape)]
	if shape == nil {
		if len(s.shapes) >= mostShared {
			return h
		}
		shape = newHeadShape(string(s.shape))
		s.shapes[shape.text] = shape
	}
	return KeptHead{shape, string(s.own)}
}

// valueOf returns where in a line the value is: of a field what [Head.Fields] yields, of a
// start line all of it, and nothing of a line that is neither.
func valueOf(line string, first bool) (from, to int) {
	if !first {
		from = strings.IndexByte(line, ':') + 1
		if from == 0 {
			return 0, 0
		}
	}
	value := strings.TrimSpace(line[from:])
	from += strings.Index(line[from:], value)
	return from, from + len(value)
}

// common reports whether a value is one of few of its field.
func (s *HeadShapes) common(field, value string) bool {
	known, met := s.values[field]
	switch {
	case known[value]:
		return true
	case met && known == nil:
		return false
	case !met:
		if len(s.values) >= mostShared {
			return false
		}
		known = map[string]bool{}
		s.values[strings.Clone(field)] = known
	}
	if len(known) >= mostCommon {
		s.values[field] = nil
		return false
	}
	known[strings.Clone(value)] = true
	return true
}
