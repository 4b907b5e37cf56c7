package capture

import (
	"iter"
	"strings"
)

// KeptHead is a [Head] as an [Upgrade] keeps it: the lines that many heads of a run have
// in common may be kept once for all. The zero value is the empty head.
type KeptHead struct {
	// shape is what the head has in common with others; nil if that is nothing.
	shape *HeadShape
	own   string // what is in the holes, each value ended by a line feed
}

// Keep returns h as a head of its own.
func (h Head) Keep() KeptHead { return KeptHead{own: string(h)} }

// Head returns the head as it was sent.
func (k KeptHead) Head() Head {
	if k.shape == nil {
		return Head(k.own)
	}
	var b strings.Builder
	b.Grow(k.Len())
	shape, own := k.shape.text, k.own
	for {
		before, after, more := strings.Cut(shape, hole)
		b.WriteString(before)
		if !more {
			return Head(b.String())
		}
		value, rest, _ := strings.Cut(own, "\n")
		b.WriteString(value)
		shape, own = after, rest
	}
}

// Shape is what the head has in common with others, nil if that is nothing.
func (k KeptHead) Shape() *HeadShape { return k.shape }

// Len is the length of the head in bytes.
func (k KeptHead) Len() int {
	if k.shape == nil {
		return len(k.own)
	}
	return len(k.shape.text) + len(k.own) - 2*k.shape.holes
}

// Equal reports whether two heads are the same to the byte.
func (k KeptHead) Equal(o KeptHead) bool {
	if k.shape == o.shape {
		return k.own == o.own
	}
	return k.Len() == o.Len() && k.Head() == o.Head()
}

// StartLine is [Head.StartLine].
func (k KeptHead) StartLine() string {
	if k.shape == nil {
		return Head(k.own).StartLine()
	}
	line := k.shape.startLine
	if before, after, has := strings.Cut(line, hole); has {
		value, _, _ := strings.Cut(k.own, "\n")
		return before + value + after
	}
	return line
}

// Fields is [Head.Fields].
func (k KeptHead) Fields() iter.Seq2[string, string] {
	if k.shape == nil {
		return Head(k.own).Fields()
	}
	return func(yield func(string, string) bool) {
		own := k.own
		if k.shape.ownStart {
			_, own, _ = strings.Cut(own, "\n")
		}
		for _, f := range k.shape.fields {
			value := f.value
			if value == hole {
				value, own, _ = strings.Cut(own, "\n")
			}
			if !yield(f.name, value) {
				return
			}
		}
	}
}

// Get is [Head.Get].
func (k KeptHead) Get(name string) (string, bool) {
	if k.shape == nil {
		return Head(k.own).Get(name)
	}
	at := k.shape.find(name)
	if at < 0 {
		return "", false
	}
	if value, common := k.shape.Common(at); common {
		return value, true
	}
	return k.ownValue(k.shape.fields[at].hole), true
}

// ownValue returns what is in one of the holes.
func (k KeptHead) ownValue(hole int) string {
	own := k.own
	for range hole {
		_, own, _ = strings.Cut(own, "\n")
	}
	value, _, _ := strings.Cut(own, "\n")
	return value
}
