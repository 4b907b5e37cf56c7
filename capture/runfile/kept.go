package runfile

import (
	"slices"
	"strings"

	"why403/capture"
)

// kept makes what a record keeps of texts that are gone after a call, and makes the same of
// the same text once: the hosts, tokens, outcomes and heads of a million attempts are a few.
type kept struct {
	texts  pool[string]
	blobs  pool[[]byte]
	heads  pool[capture.KeptHead]
	lists  pool[any] // slices, by their JSON
	shapes *capture.HeadShapes
	legs   map[capture.TLS]*capture.TLS
}

// mostLegs bounds the legs that are told apart.
const mostLegs = 1 << 14

func newKept() *kept {
	return &kept{
		texts: newPool[string](), blobs: newPool[[]byte](), heads: newPool[capture.KeptHead](), lists: newPool[any](),
		shapes: capture.NewHeadShapes(), legs: map[capture.TLS]*capture.TLS{},
	}
}

func (k *kept) text(s string) string {
	have, known := k.texts.made[s]
	if !known {
		have = strings.Clone(s)
		k.texts.add(have, have)
	}
	return have
}

func (k *kept) blob(b []byte) []byte {
	have, known := k.blobs.made[string(b)]
	if !known && len(b) > 0 {
		text := string(b)
		have = slices.Clip([]byte(text))
		k.blobs.add(text, have)
	}
	return have
}

// facts returns facts of a leg that may be those of others.
func (k *kept) facts(t *capture.TLS) *capture.TLS {
	if t == nil {
		return nil
	}
	have, known := k.legs[*t]
	if known {
		return have
	}
	if len(k.legs) < mostLegs {
		k.legs[*t] = t
	}
	return t
}

func (k *kept) head(s string) capture.KeptHead {
	have, known := k.heads.made[s]
	if !known {
		s = strings.Clone(s)
		have = k.shapes.Keep(capture.Head(s))
		k.heads.add(s, have)
	}
	return have
}

// pool knows what was made of a text.
type pool[V any] struct {
	made map[string]V
	room int // for more of them, in bytes
}

const (
	// poolRoom is what a pool may take. Texts that do not repeat fill it and are made anew
	// from then on.
	poolRoom = 32 << 20
	// pooled is what a text takes beside its bytes, about.
	pooled = 64
)

func newPool[V any]() pool[V] { return pool[V]{map[string]V{}, poolRoom} }

// add keeps text for the time of the pool.
func (p *pool[V]) add(text string, v V) {
	if size := len(text) + pooled; size <= p.room {
		p.room -= size
		p.made[text] = v
	}
}
