// Package live captures packets from a network interface into a ring that the kernel
// fills (TPACKET_V3 of packet(7)), on Linux alone and without cgo. It needs the
// capability CAP_NET_RAW.
//
// On a loopback interface the kernel shows every packet twice, going out and coming in;
// the outgoing ones are filtered there. Ports and IPv4 addresses are filtered in the
// kernel ([filter]); what that cannot decide passes, for its user to filter again.
// Packets that the ring had no room for are counted by [Source.Dropped].
package live

import (
	"errors"
	"net/netip"
)

// Options say what to capture. The zero value is everything.
type Options struct {
	Ports []uint16     // TCP ports, either side; none: all
	Hosts []netip.Addr // addresses, either side; none: all
}

// Any is the name that stands for all interfaces at once. Packets that pass several of them
// are then seen several times, and told apart by nothing but their sequence numbers.
const Any = "any"

// ErrIdle says that no packet came for a while ([Source.Next]).
var ErrIdle = errors.New("no packet came")
