package ca

import "testing"

func BenchmarkLeafMint(b *testing.B) {
	a, err := Create(b.TempDir(), Options{Hosts: []string{"gw.example"}})
	if err != nil {
		b.Fatal(err)
	}
	name, addr, _ := parseHost("gw.example")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.mint(name, addr); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLeafCached(b *testing.B) {
	a, err := Create(b.TempDir(), Options{Hosts: []string{"gw.example"}})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.Leaf("gw.example"); err != nil {
			b.Fatal(err)
		}
	}
}
