package pcapfile

import "fmt"

// LinkType says which header a packet begins with, by its number in files
// (tcpdump.org/linktypes.html).
type LinkType uint16

// The link types that package packet decodes.
const (
	Null     LinkType = 0   // BSD loopback: address family in the host's byte order
	Ethernet LinkType = 1   // also of "any" on some systems
	PPP      LinkType = 9   // with or without HDLC's address and control bytes
	RawBSD   LinkType = 12  // raw IP, as some systems number it
	RawOpen  LinkType = 14  // raw IP, as OpenBSD numbers it
	Raw      LinkType = 101 // raw IP
	Loop     LinkType = 108 // OpenBSD loopback: address family in network byte order
	SLL      LinkType = 113 // Linux "cooked" capture
	IPv4     LinkType = 228 // raw IPv4
	IPv6     LinkType = 229 // raw IPv6
	SLL2     LinkType = 276 // Linux "cooked" capture, version 2: tcpdump -i any
)

// linkNames has those that are likely in a capture of the wrong interface, so that
// a summary can say what was skipped.
var linkNames = map[LinkType]string{
	Null: "NULL", Ethernet: "EN10MB", PPP: "PPP", RawBSD: "RAW", RawOpen: "RAW", Raw: "RAW",
	Loop: "LOOP", SLL: "LINUX_SLL", SLL2: "LINUX_SLL2", IPv4: "IPV4", IPv6: "IPV6",
	6: "IEEE802_5", 7: "ARCNET", 8: "SLIP", 10: "FDDI", 50: "PPP_HDLC", 51: "PPP_ETHER",
	104: "C_HDLC", 105: "IEEE802_11", 107: "FRELAY", 117: "PFLOG", 119: "PRISM_HEADER",
	127: "IEEE802_11_RADIOTAP", 147: "USER0", 187: "BLUETOOTH_HCI_H4", 189: "USB_LINUX",
	192: "PPI", 195: "IEEE802_15_4", 201: "BLUETOOTH_HCI_H4_WITH_PHDR", 220: "USB_LINUX_MMAPPED",
	239: "NFLOG", 249: "USBPCAP", 252: "WIRESHARK_UPPER_PDU", 253: "NETLINK",
}

// String returns the name without its LINKTYPE_ prefix, or the number.
func (t LinkType) String() string {
	if name := linkNames[t]; name != "" {
		return name
	}
	return fmt.Sprintf("link type %d", uint16(t))
}
