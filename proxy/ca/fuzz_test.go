package ca

import "testing"

// Whatever a client asks for, a leaf that was minted is one that clients accept
// for that name.
func FuzzLeaf(f *testing.F) {
	for _, host := range []string{"gw.example", "GW.example.", "127.0.0.1", "::1", "fe80::1%eth0", "a_b.example", "-", "-.", "1.2.3", "*", "", "a..b", "10.0.0.1.", "10.0.0.1"} {
		f.Add(host)
	}
	a, err := Create(f.TempDir(), Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, host string) {
		leaf, err := a.Leaf(host)
		if err != nil {
			return
		}
		asked := host
		if len(leaf.Leaf.IPAddresses) > 0 {
			asked = leaf.Leaf.IPAddresses[0].String() // without a zone
		}
		if err := verify(a, leaf, asked); err != nil {
			t.Errorf("leaf for %q: %v", host, err)
		}
	})
}
