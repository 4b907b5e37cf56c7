package pcapfile

import "why403/capture"

// Bounds on what a file may ask for.
const (
	// MaxPacket is the most captured bytes of one packet, 256 KiB: libpcap's own
	// bound. A longer one is skipped and counted if the file announced its
	// size, else it is damage.
	MaxPacket = 256 << 10
	// MaxBlock is the longest pcapng block, 16 MiB: Wireshark's bound.
	MaxBlock = 16 << 20
)

// Packet is one captured packet.
type Packet struct {
	Number int64           // of the packets in its source, from 1
	Offset int64           // of its record in the unpacked file
	Time   capture.Instant // 0 if the file has none (Simple Packet Block)
	Link   LinkType
	Length int    // bytes on the wire; more than len(Data) if cut by the snap length
	Data   []byte // valid until the next packet is read
}

// Source yields packets until io.EOF.
type Source interface {
	// Next fills p with the next packet.
	Next(p *Packet) error
}

// Stats counts what a file says of itself beside its packets.
type Stats struct {
	Packets   int64
	Dropped   int64 // packets that the capturing side says it lost
	Oversized int64 // packets over [MaxPacket], skipped
	Untimed   int64 // packets without a time, or with one beyond the year 2262
	Unknown   int64 // pcapng blocks of types that hold no packets or are not known
}
