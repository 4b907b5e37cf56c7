package packet

import (
	"bytes"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"why403/capture/pcapfile"
)

// FuzzDecode compares with gopacket: where it finds a whole TCP segment directly
// in IP in Ethernet, we find the same; and each packet counts exactly once.
func FuzzDecode(f *testing.F) {
	f.Add(uint16(pcapfile.Ethernet), serialize(f, eth4, ip4, tcpSeg, load), 0)
	f.Add(uint16(pcapfile.Ethernet), serialize(f, eth6, ip6, tcpSeg, load), 9)
	f.Add(uint16(pcapfile.Ethernet), serialize(f, ethernet(layers.EthernetTypeDot1Q), &layers.Dot1Q{Type: layers.EthernetTypeIPv4}, ip4, tcpSeg, load), 0)
	f.Add(uint16(pcapfile.Raw), pieces(serialize(f, ip4, tcpSeg, load), 8)[0], 0)
	f.Add(uint16(pcapfile.Raw), serialize(f, ipv4(layers.IPProtocolGRE), &layers.GRE{Protocol: layers.EthernetTypeERSPAN, SeqPresent: true}, &layers.ERSPANII{Version: 1}, eth4, ip4, tcpSeg, load), 0)
	f.Fuzz(func(t *testing.T, link uint16, data []byte, more int) {
		var d Decoder
		var s Segment
		p := pcapfile.Packet{Link: pcapfile.LinkType(link), Data: data, Length: len(data) + max(0, more&0xffff)}
		found := d.Decode(&p, &s)
		c := d.Counts()
		sum := c.Segments + c.NotIP + c.NotTCP + c.Fragments + c.Malformed + c.Cut
		for _, n := range c.Links {
			sum += n
		}
		if sum != 1 || c.Packets != 1 || found != (c.Segments == 1) {
			t.Fatalf("one packet makes %+v", c)
		}
		if want := oracle(data); want != nil && p.Link == pcapfile.Ethernet && p.Length == len(data) {
			if !found || s.Seq != want.Seq || s.Ack != want.Ack || s.Src.Port != uint16(want.SrcPort) || !bytes.Equal(s.Payload, want.Payload) {
				t.Fatalf("gopacket has %+v, we have %v %+v", want, found, s)
			}
		}
	})
}

// oracle returns the segment that gopacket finds in an Ethernet frame, nil if it
// finds none or has doubts. It does not look at IP's version, which we do.
func oracle(frame []byte) *layers.TCP {
	p := gopacket.NewPacket(frame, layers.LayerTypeEthernet, gopacket.NoCopy)
	var ip gopacket.NetworkLayer
	for _, l := range p.Layers() {
		switch l := l.(type) {
		case *layers.Ethernet, *layers.Dot1Q, gopacket.Payload, *gopacket.Payload:
		case *layers.IPv4:
			if ip != nil || l.Version != 4 || l.FragOffset != 0 || l.Flags&layers.IPv4MoreFragments != 0 {
				return nil
			}
			ip = l
		case *layers.IPv6:
			if ip != nil || l.Version != 6 {
				return nil
			}
			ip = l
		case *layers.TCP:
			if p.ErrorLayer() == nil && !p.Metadata().Truncated {
				return l
			}
			return nil
		default:
			return nil
		}
	}
	return nil
}
