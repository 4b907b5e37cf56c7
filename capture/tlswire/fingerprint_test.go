package tlswire

import (
	"math/rand/v2"
	"testing"
)

// TestJA3 is the example of github.com/salesforce/ja3: 769,47-53-5-10-49161-49162-
// 49171-49172-50-56-19-4,0-10-11,23-24-25,0. GREASE must not change it.
func TestJA3(t *testing.T) {
	h := &ClientHello{
		Version:      769,
		Suites:       []uint16{0x1a1a, 47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4},
		Extensions:   []uint16{0xfafa, 0, 10, 11},
		Groups:       []uint16{0x0a0a, 23, 24, 25},
		PointFormats: []uint8{0},
	}
	if got, want := h.JA3(), "ada70206e40642a3e4461f35503241d5"; got != want {
		t.Errorf("JA3 %s, want %s", got, want)
	}
}

// TestJA4 is the example of github.com/FoxIO-LLC/ja4, technical_details/JA4.md.
func TestJA4(t *testing.T) {
	h := &ClientHello{
		Version: 0x0303, Versions: []uint16{0x2a2a, 0x0304, 0x0303}, ALPN: []string{"h2", "http/1.1"},
		Suites: []uint16{0x3a3a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014,
			0x009c, 0x009d, 0x002f, 0x0035},
		Extensions: []uint16{0x4a4a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023,
			0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x0015},
		Signatures: []uint16{0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601},
	}
	if got, want := h.JA4(), "t13d1516h2_8daaf6152771_e5627efa2ab1"; got != want {
		t.Errorf("JA4 %s, want %s", got, want)
	}
	if got, want := (&ClientHello{Version: 0x0302, ALPN: []string{"\xab"}}).JA4(), "t11i0000ab_000000000000_000000000000"; got != want {
		t.Errorf("JA4 %s, want %s", got, want)
	}
}

// TestFingerprintsRemembered asks for those of hellos that differ in little.
func TestFingerprintsRemembered(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	list := func() (l []uint16) {
		for range rng.IntN(3) {
			l = append(l, []uint16{0x0a0a, 0, 16, 0x1301}[rng.IntN(4)])
		}
		return l
	}
	var p fingerprints
	for range 20_000 {
		h := &ClientHello{Version: 0x0303, Suites: list(), Extensions: list(), Groups: list(), Signatures: list(), Versions: list(), PointFormats: make([]uint8, rng.IntN(2))}
		if rng.IntN(2) == 0 {
			h.ALPN = []string{[]string{"h2", "http/1.1"}[rng.IntN(2)]}
		}
		if got, want := p.of(h), (fingerprint{h.JA3(), h.JA4()}); got != want {
			t.Fatalf("%+v: got %v, want %v", h, got, want)
		}
	}
}
