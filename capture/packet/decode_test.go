package packet

import (
	"bytes"
	"net"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"why403/capture"
	"why403/capture/pcapfile"
)

// serialize lets gopacket build a packet: an encoder that is not ours.
func serialize(t testing.TB, parts ...gopacket.SerializableLayer) []byte {
	t.Helper()
	buf := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true}, parts...); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

var (
	eth4   = &layers.Ethernet{SrcMAC: make([]byte, 6), DstMAC: make([]byte, 6), EthernetType: layers.EthernetTypeIPv4}
	eth6   = &layers.Ethernet{SrcMAC: make([]byte, 6), DstMAC: make([]byte, 6), EthernetType: layers.EthernetTypeIPv6}
	ip4    = ipv4(layers.IPProtocolTCP)
	ip6    = ipv6(layers.IPProtocolTCP)
	tcpSeg = &layers.TCP{SrcPort: 40000, DstPort: 443, Seq: 0xfffffff0, Ack: 7, ACK: true, PSH: true,
		Options: []layers.TCPOption{{OptionType: layers.TCPOptionKindNop}, {OptionType: layers.TCPOptionKindNop}}}
	load = gopacket.Payload("payload!")
)

func ipv4(next layers.IPProtocol) *layers.IPv4 {
	return &layers.IPv4{Version: 4, TTL: 9, Protocol: next, SrcIP: net.IPv4(10, 0, 0, 1).To4(), DstIP: net.IPv4(10, 0, 0, 2).To4()}
}

func ipv6(next layers.IPProtocol) *layers.IPv6 {
	return &layers.IPv6{Version: 6, NextHeader: next, SrcIP: net.ParseIP("fd00::1"), DstIP: net.ParseIP("fd00::2")}
}

func ethernet(kind layers.EthernetType) *layers.Ethernet {
	return &layers.Ethernet{SrcMAC: make([]byte, 6), DstMAC: make([]byte, 6), EthernetType: kind}
}

// raw puts bytes of ours before what gopacket builds.
func raw(head []byte, rest []byte) []byte { return append(bytes.Clone(head), rest...) }

func TestDecode(t *testing.T) {
	plain4 := serialize(t, ip4, tcpSeg, load)
	plain6 := serialize(t, ip6, tcpSeg, load)
	frame4 := serialize(t, eth4, ip4, tcpSeg, load)
	udp := func(port layers.UDPPort) *layers.UDP { return &layers.UDP{SrcPort: 5, DstPort: port} }
	offloaded := bytes.Clone(plain4)
	offloaded[2], offloaded[3] = 0, 0
	extended := raw(plain6[:40], raw([]byte{60, 0, 1, 4, 0, 0, 0, 0, 44, 0, 1, 4, 0, 0, 0, 0, 6, 0, 0, 0, 1, 2, 3, 4}, plain6[40:]))
	extended[6], extended[5] = 0, extended[5]+24
	for name, tt := range map[string]struct {
		link pcapfile.LinkType
		data []byte
		v6   bool
	}{
		"Ethernet":           {pcapfile.Ethernet, frame4, false},
		"Ethernet, padded":   {pcapfile.Ethernet, append(bytes.Clone(frame4), 1, 2, 3), false},
		"Ethernet, IPv6":     {pcapfile.Ethernet, serialize(t, eth6, ip6, tcpSeg, load), true},
		"VLAN":               {pcapfile.Ethernet, serialize(t, ethernet(layers.EthernetTypeDot1Q), &layers.Dot1Q{VLANIdentifier: 5, Type: layers.EthernetTypeIPv4}, ip4, tcpSeg, load), false},
		"QinQ":               {pcapfile.Ethernet, serialize(t, ethernet(layers.EthernetTypeQinQ), &layers.Dot1Q{VLANIdentifier: 5, Type: layers.EthernetTypeDot1Q}, &layers.Dot1Q{VLANIdentifier: 6, Type: layers.EthernetTypeIPv6}, ip6, tcpSeg, load), true},
		"LLC and SNAP":       {pcapfile.Ethernet, raw(make([]byte, 12), raw([]byte{0, 60, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0}, plain4)), false},
		"MPLS":               {pcapfile.Ethernet, serialize(t, ethernet(layers.EthernetTypeMPLSUnicast), &layers.MPLS{Label: 3}, &layers.MPLS{Label: 4, StackBottom: true}, ip4, tcpSeg, load), false},
		"PPPoE":              {pcapfile.Ethernet, serialize(t, ethernet(layers.EthernetTypePPPoESession), &layers.PPPoE{Version: 1, Type: 1}, &layers.PPP{PPPType: layers.PPPTypeIPv4}, ip4, tcpSeg, load), false},
		"SLL":                {pcapfile.SLL, raw([]byte{0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 8, 0}, plain4), false},
		"SLL, VLAN":          {pcapfile.SLL, raw([]byte{0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 0x81, 0, 0, 5, 8, 0}, plain4), false},
		"SLL2":               {pcapfile.SLL2, raw([]byte{0x86, 0xdd, 0, 0, 0, 0, 0, 1, 0, 1, 4, 6, 1, 2, 3, 4, 5, 6, 0, 0}, plain6), true},
		"NULL":               {pcapfile.Null, raw([]byte{2, 0, 0, 0}, plain4), false},
		"NULL, other order":  {pcapfile.Null, raw([]byte{0, 0, 0, 30}, plain6), true},
		"LOOP":               {pcapfile.Loop, raw([]byte{0, 0, 0, 24}, plain6), true},
		"PPP with HDLC":      {pcapfile.PPP, raw([]byte{0xff, 3, 0, 0x21}, plain4), false},
		"PPP, one byte":      {pcapfile.PPP, raw([]byte{0x57}, plain6), true},
		"RAW":                {pcapfile.Raw, plain4, false},
		"IPV4":               {pcapfile.IPv4, plain4, false},
		"IPV6":               {pcapfile.IPv6, plain6, true},
		"length 0":           {pcapfile.Raw, offloaded, false},
		"extension headers":  {pcapfile.Raw, extended, true},
		"GRE":                {pcapfile.Raw, serialize(t, ipv4(layers.IPProtocolGRE), &layers.GRE{Protocol: layers.EthernetTypeIPv6, KeyPresent: true, Key: 9, SeqPresent: true}, ip6, tcpSeg, load), true},
		"GRE with Ethernet":  {pcapfile.Raw, serialize(t, ipv4(layers.IPProtocolGRE), &layers.GRE{Protocol: layers.EthernetTypeTransparentEthernetBridging}, eth4, ip4, tcpSeg, load), false},
		"ERSPAN II":          {pcapfile.Raw, serialize(t, ipv4(layers.IPProtocolGRE), &layers.GRE{Protocol: layers.EthernetTypeERSPAN, SeqPresent: true}, &layers.ERSPANII{Version: 1}, eth4, ip4, tcpSeg, load), false},
		"IP in IP":           {pcapfile.Raw, serialize(t, ipv4(layers.IPProtocolIPv6), ip6, tcpSeg, load), true},
		"VXLAN":              {pcapfile.Ethernet, serialize(t, eth4, ipv4(layers.IPProtocolUDP), udp(4789), &layers.VXLAN{ValidIDFlag: true, VNI: 5}, eth4, ip4, tcpSeg, load), false},
		"Geneve":             {pcapfile.Raw, raw(serialize(t, ipv4(layers.IPProtocolUDP), udp(6081), gopacket.Payload(raw([]byte{1, 0, 0x65, 0x58, 0, 0, 5, 0, 1, 2, 3, 0}, frame4))), nil), false},
		"authentication":     {pcapfile.Raw, serialize(t, ipv4(layers.IPProtocolAH), gopacket.Payload(raw([]byte{6, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, plain4[20:]))), false},
		"VXLAN within VXLAN": {pcapfile.Raw, serialize(t, ipv4(layers.IPProtocolUDP), udp(4789), &layers.VXLAN{ValidIDFlag: true}, eth4, ipv4(layers.IPProtocolUDP), udp(4789), &layers.VXLAN{ValidIDFlag: true}, eth4, ip4, tcpSeg, load), false},
	} {
		t.Run(name, func(t *testing.T) {
			var d Decoder
			var s Segment
			if !d.Decode(&pcapfile.Packet{Link: tt.link, Data: tt.data, Length: len(tt.data)}, &s) {
				t.Fatalf("no segment found: %+v", d.Counts())
			}
			src, dst := "10.0.0.1:40000", "10.0.0.2:443"
			if tt.v6 {
				src, dst = "[fd00::1]:40000", "[fd00::2]:443"
			}
			if s.Src.AddrPort().String() != src || s.Dst.AddrPort().String() != dst {
				t.Errorf("from %v to %v", s.Src.AddrPort(), s.Dst.AddrPort())
			}
			if s.Seq != 0xfffffff0 || s.Ack != 7 || s.Flags != ACK|PSH || string(s.Payload) != "payload!" || s.Cut != 0 {
				t.Errorf("got %+v with %q", s, s.Payload)
			}
		})
	}
}

// TestSkipped counts each packet that holds no segment under its reason.
func TestSkipped(t *testing.T) {
	frame := serialize(t, eth4, ip4, tcpSeg, load)
	bad := bytes.Clone(frame)
	bad[14] = 0x42
	for name, tt := range map[string]struct {
		p    pcapfile.Packet
		want func(c Counts) int64
	}{
		"ARP":          {pcapfile.Packet{Link: pcapfile.Ethernet, Data: serialize(t, ethernet(layers.EthernetTypeARP), load)}, func(c Counts) int64 { return c.NotIP }},
		"UDP":          {pcapfile.Packet{Link: pcapfile.Ethernet, Data: serialize(t, eth4, ipv4(layers.IPProtocolUDP), &layers.UDP{DstPort: 53}, load)}, func(c Counts) int64 { return c.NotTCP }},
		"short header": {pcapfile.Packet{Link: pcapfile.Ethernet, Data: bad}, func(c Counts) int64 { return c.Malformed }},
		"snap length":  {pcapfile.Packet{Link: pcapfile.Ethernet, Data: frame[:40], Length: len(frame)}, func(c Counts) int64 { return c.Cut }},
		"Wi-Fi":        {pcapfile.Packet{Link: 105, Data: frame}, func(c Counts) int64 { return c.Links[105] }},
	} {
		var d Decoder
		tt.p.Length = max(tt.p.Length, len(tt.p.Data))
		if d.Decode(&tt.p, new(Segment)) || tt.want(d.Counts()) != 1 {
			t.Errorf("%s: %+v", name, d.Counts())
		}
	}
	if name := pcapfile.LinkType(105).String(); name != "IEEE802_11" {
		t.Errorf("link type 105 is called %q", name)
	}
}

// TestCutPayload says how much of a payload the snap length took.
func TestCutPayload(t *testing.T) {
	frame := serialize(t, eth4, ip4, tcpSeg, load)
	var d Decoder
	var s Segment
	p := pcapfile.Packet{Link: pcapfile.Ethernet, Data: frame[:len(frame)-5], Length: len(frame)}
	if !d.Decode(&p, &s) || string(s.Payload) != "pay" || s.Cut != 5 || s.Len() != 8 {
		t.Errorf("got %q and %d more", s.Payload, s.Cut)
	}
	if c := d.Counts(); c.Clipped != 1 {
		t.Errorf("%d segments clipped, want 1", c.Clipped)
	}
}

// pieces cuts an IPv4 packet into fragments of size bytes.
func pieces(packet []byte, size int) (out [][]byte) {
	header, body := packet[:20], packet[20:]
	for at := 0; at < len(body); at += size {
		end := min(at+size, len(body))
		f := append(bytes.Clone(header), body[at:end]...)
		f[2], f[3] = byte(len(f)>>8), byte(len(f))
		f[6], f[7] = byte(at/8>>8), byte(at/8)
		if end < len(body) {
			f[6] |= 0x20
		}
		out = append(out, f)
	}
	return out
}

func TestFragments(t *testing.T) {
	whole := serialize(t, ip4, tcpSeg, gopacket.Payload(bytes.Repeat([]byte("0123456789"), 20)))
	f := pieces(whole, 80)
	overlap := append(bytes.Clone(f[1]), 1, 2, 3, 4, 5, 6, 7, 8)
	overlap[3] += 8
	for name, tt := range map[string]struct {
		order      [][]byte
		segments   int64
		incomplete int64
	}{
		"in order":    {[][]byte{f[0], f[1], f[2]}, 1, 0},
		"last first":  {[][]byte{f[2], f[1], f[0]}, 1, 0},
		"each twice":  {[][]byte{f[0], f[0], f[1], f[1], f[2], f[2]}, 1, 0},
		"one missing": {[][]byte{f[0], f[2]}, 0, 0},
		"overlap":     {[][]byte{f[0], overlap, f[2], f[1]}, 0, 1},
	} {
		var d Decoder
		var s Segment
		for i, data := range tt.order {
			p := pcapfile.Packet{Link: pcapfile.Raw, Data: data, Length: len(data), Time: capture.Instant(i + 1)}
			if d.Decode(&p, &s) && len(s.Payload) != 200 {
				t.Errorf("%s: payload of %d bytes", name, len(s.Payload))
			}
		}
		if c := d.Counts(); c.Segments != tt.segments || c.Incomplete != tt.incomplete {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// TestFragmentBounds keeps no more datagrams than it may, however many begin.
func TestFragmentBounds(t *testing.T) {
	f := pieces(serialize(t, ip4, tcpSeg, gopacket.Payload(make([]byte, 200))), 80)[0]
	var d Decoder
	for id := range 3 * maxDatagrams {
		f[4], f[5] = byte(id>>8), byte(id)
		d.Decode(&pcapfile.Packet{Link: pcapfile.Raw, Data: f, Length: len(f), Time: 1}, new(Segment))
	}
	if len(d.fragments.byKey) != maxDatagrams || d.Counts().Incomplete != 2*maxDatagrams {
		t.Errorf("%d kept, %d given up", len(d.fragments.byKey), d.Counts().Incomplete)
	}
	d.Decode(&pcapfile.Packet{Link: pcapfile.Raw, Data: f, Length: len(f), Time: capture.Instant(fragmentsLife) + 2}, new(Segment))
	if len(d.fragments.byKey) != 1 {
		t.Errorf("%d kept after their time", len(d.fragments.byKey))
	}
}
