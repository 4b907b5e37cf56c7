package live

import (
	"net/netip"
	"testing"

	"golang.org/x/net/bpf"

	"why403/capture/packet"
)

// TestFilter runs the programs in x/net/bpf's virtual machine.
func TestFilter(t *testing.T) {
	segment := func(src, dst string) []byte {
		s := packet.Segment{Src: packet.EndpointOf(netip.MustParseAddrPort(src)), Dst: packet.EndpointOf(netip.MustParseAddrPort(dst))}
		return s.Append(nil)
	}
	ethernet := func(ip []byte) []byte {
		kind := []byte{8, 0}
		if ip[0]>>4 == 6 {
			kind = []byte{0x86, 0xdd}
		}
		return append(append(make([]byte, 12), kind...), ip...)
	}
	v4, v6 := segment("10.0.0.1:40000", "10.0.0.2:443"), segment("[fd00::1]:40000", "[fd00::2]:443")
	udp, fragment, extended := append([]byte(nil), v4...), append([]byte(nil), v4...), append([]byte(nil), v6...)
	udp[9], fragment[6], extended[6] = 17, 0x20, 44
	options := append([]byte{0x46}, append(append([]byte(nil), v4[1:20]...), append(make([]byte, 4), v4[20:]...)...)...)
	host := netip.MustParseAddr
	for name, tt := range map[string]struct {
		opt  Options
		data []byte
		want bool
	}{
		"no filter":                 {Options{}, udp, true},
		"port":                      {Options{Ports: []uint16{80, 443}}, v4, true},
		"port of the client":        {Options{Ports: []uint16{40000}}, v4, true},
		"other port":                {Options{Ports: []uint16{80, 444}}, v4, false},
		"port behind IP options":    {Options{Ports: []uint16{443}}, options, true},
		"no port behind IP options": {Options{Ports: []uint16{80}}, options, false},
		"port, IPv6":                {Options{Ports: []uint16{443}}, v6, true},
		"other port, IPv6":          {Options{Ports: []uint16{80}}, v6, false},
		"UDP":                       {Options{Ports: []uint16{443}}, udp, false},
		"fragment":                  {Options{Ports: []uint16{80}}, fragment, true},
		"extension header":          {Options{Ports: []uint16{80}}, extended, true},
		"host":                      {Options{Hosts: []netip.Addr{host("10.9.9.9"), host("10.0.0.2")}}, v4, true},
		"host of the client":        {Options{Hosts: []netip.Addr{host("10.0.0.1")}}, v4, true},
		"other host":                {Options{Hosts: []netip.Addr{host("10.0.0.3"), host("10.0.0.4")}}, v4, false},
		"host and other port":       {Options{Hosts: []netip.Addr{host("10.0.0.1")}, Ports: []uint16{80}}, v4, false},
		"IPv6 host wanted":          {Options{Hosts: []netip.Addr{host("fd00::1")}}, v4, true},
	} {
		for ip, data := range map[uint32][]byte{0: tt.data, 14: ethernet(tt.data)} {
			f := filter(tt.opt, ip)
			if _, err := bpf.Assemble(f); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			vm, err := bpf.NewVM(f)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if n, err := vm.Run(data); err != nil || (n > 0) != tt.want {
				t.Errorf("%s, IP at %d: %d bytes pass, %v", name, ip, n, err)
			}
		}
	}
}
