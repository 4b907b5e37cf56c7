package analysis

import (
	"fmt"
	"net/netip"
	"strings"

	"why403/capture"
)

// featureSet gathers features in the order in which they are first seen. What is the
// same for many attempts, as what a token says, is worked out once.
type featureSet struct {
	n     int
	of    map[string]*columnOf // but for what tokens say
	order []*columnOf
	at    int // the attempt being read

	fields  map[string]*columnOf             // by the name of a header field as sent, nil if it is passed over
	shapes  map[*capture.HeadShape][]labelIn // of each field, with a label if all heads have its value
	tokens  claimSet
	sources texts[netip.Addr]
	edges   texts[netip.AddrPort]
}

func newFeatureSet(n int) *featureSet {
	return &featureSet{
		n: n, of: map[string]*columnOf{}, fields: map[string]*columnOf{}, shapes: map[*capture.HeadShape][]labelIn{},
		tokens: newClaims(n), sources: texts[netip.Addr]{}, edges: texts[netip.AddrPort]{},
	}
}

// labelIn is a value of a feature.
type labelIn struct {
	column *columnOf
	label  int32
}

// column returns a feature by its name.
func (f *featureSet) column(name string, weight float64) *columnOf {
	c := f.of[name]
	if c == nil {
		c = f.newColumn(name, weight)
		f.of[name] = c
	}
	return c
}

func (f *featureSet) newColumn(name string, weight float64) *columnOf {
	c := &columnOf{feature: feature{name: name, weight: weight, labels: make([]int32, 0, f.n)}, index: map[string]int32{}}
	f.order = append(f.order, c)
	return c
}

// field returns the feature of a header field, nil for those that are no feature.
func (f *featureSet) field(name string) *columnOf {
	c, known := f.fields[name]
	if !known {
		if lower := strings.ToLower(name); !perRequest[lower] {
			c = f.column(lower, headerWeight(lower))
		}
		f.fields[name] = c
	}
	return c
}

// head puts the header fields of a request.
func (f *featureSet) head(h capture.KeptHead) {
	shape := h.Shape()
	cells, read := f.shapes[shape]
	if !read {
		cells = f.cells(h)
	}
	k := -1
	for _, value := range h.Fields() {
		k++
		switch c := cells[k]; {
		case c.column == nil:
		case c.label >= 0:
			c.column.add(c.label, f.at)
		default:
			c.column.put(value, f.at)
		}
	}
}

// cells returns the features of a head's fields, in the order of these.
func (f *featureSet) cells(h capture.KeptHead) []labelIn {
	var cells []labelIn
	shape := h.Shape()
	for name := range h.Fields() {
		c := labelIn{f.field(name), -1}
		if shape != nil && c.column != nil {
			if value, common := shape.Common(len(cells)); common {
				c.column.fill(f.at)
				c.label = c.column.label(value)
			}
		}
		cells = append(cells, c)
	}
	if shape != nil {
		f.shapes[shape] = cells
	}
	return cells
}

func (f *featureSet) put(name, value string, weight float64) {
	f.column(name, weight).put(value, f.at)
}

// columnOf is a feature that is being gathered.
type columnOf struct {
	feature
	index map[string]int32
	last  int32 // label that was put last
}

// put gives the attempt at a position a value and returns its label. Of a field that
// is repeated the first counts.
func (c *columnOf) put(value string, at int) int32 {
	c.fill(at)
	if len(c.values) == 0 || c.values[c.last] != value {
		c.last = c.label(value)
	}
	c.add(c.last, at)
	return c.last
}

func (c *columnOf) add(label int32, at int) {
	c.fill(at)
	if len(c.labels) == at {
		c.labels = append(c.labels, label)
	}
}

// fill says of the attempts before a position that lack a value that they do.
func (c *columnOf) fill(until int) {
	for len(c.labels) < until {
		c.labels = append(c.labels, c.label(absent))
	}
}

func (c *columnOf) label(value string) int32 {
	l, known := c.index[value]
	if !known {
		l = int32(len(c.values))
		c.index[value] = l
		c.values = append(c.values, value)
	}
	return l
}

// texts are values in words, each worked out once.
type texts[T interface {
	comparable
	fmt.Stringer
}] map[T]string

func (t texts[T]) text(of T) string {
	text, known := t[of]
	if !known {
		text = of.String()
		t[of] = text
	}
	return text
}
