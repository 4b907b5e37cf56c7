package packet

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"why403/capture/pcapfile"
)

// TestAppend builds packets that decode to what they were built from, and whose
// checksums are what gopacket computes.
func TestAppend(t *testing.T) {
	for _, tt := range []struct {
		src, dst string
		layer    gopacket.LayerType
	}{
		{"10.0.0.1:40000", "192.0.2.9:443", layers.LayerTypeIPv4},
		{"[fd00::1]:40000", "[2001:db8::9]:443", layers.LayerTypeIPv6},
	} {
		want := Segment{Src: EndpointOf(netip.MustParseAddrPort(tt.src)), Dst: EndpointOf(netip.MustParseAddrPort(tt.dst)),
			Seq: 0xfffffff0, Ack: 7, Flags: ACK | PSH, Payload: []byte(strings.Repeat("odd", 33))}
		raw := want.Append(nil)
		var d Decoder
		var got Segment
		if !d.Decode(&pcapfile.Packet{Link: pcapfile.Raw, Data: raw, Length: len(raw)}, &got) {
			t.Fatalf("not decoded: %+v", d.Counts())
		}
		if got.Src != want.Src || got.Dst != want.Dst || got.Seq != want.Seq || got.Ack != want.Ack || got.Flags != want.Flags || string(got.Payload) != string(want.Payload) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		p := gopacket.NewPacket(raw, tt.layer, gopacket.Default)
		tcp := p.Layer(layers.LayerTypeTCP).(*layers.TCP)
		sum := tcp.Checksum
		tcp.SetNetworkLayerForChecksum(p.NetworkLayer())
		if c, err := tcp.ComputeChecksum(); err != nil || c != 0 && c != sum {
			t.Errorf("%s: checksum %#x, gopacket has %#x, %v", tt.src, sum, c, err)
		}
	}
}
