package tlswire

import "encoding/binary"

// fingerprints remembers those of hellos that differ in nothing that they are made of, as all
// of one load tool do. The zero value is ready.
type fingerprints struct {
	known map[string]fingerprint
	shape []byte // reused
}

type fingerprint struct{ ja3, ja4 string }

// maxFingerprints bounds it: a client may shuffle its extensions.
const maxFingerprints = 1 << 10

func (p *fingerprints) of(h *ClientHello) fingerprint {
	p.shape = h.appendShape(p.shape[:0])
	f, known := p.known[string(p.shape)]
	if !known {
		if p.known == nil || len(p.known) == maxFingerprints {
			p.known = map[string]fingerprint{}
		}
		f = fingerprint{h.JA3(), h.JA4()}
		p.known[string(p.shape)] = f
	}
	return f
}

// appendShape adds what [ClientHello.JA3] and [ClientHello.JA4] look at.
func (h *ClientHello) appendShape(b []byte) []byte {
	b = binary.BigEndian.AppendUint16(b, h.Version)
	for _, list := range [...][]uint16{h.Suites, h.Extensions, h.Groups, h.Signatures, h.Versions} {
		for _, v := range list {
			if !isGrease(v) {
				b = binary.BigEndian.AppendUint16(b, v)
			}
		}
		b = append(b, 0x0a, 0x0a) // GREASE, so that no list has it
	}
	b = append(append(b, byte(len(h.PointFormats))), h.PointFormats...)
	return append(b, h.ja4Protocol()...)
}
