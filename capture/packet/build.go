package packet

import "encoding/binary"

// mapped4 is how IPv4 addresses are mapped into IPv6 (RFC 4291 §2.5.5.2).
var mapped4 = [12]byte{10: 0xff, 11: 0xff}

// Append appends s as a raw IP packet with right checksums, IPv4 if both addresses
// are, and at most 65,495 bytes of payload. Window and time to live are constants.
func (s *Segment) Append(b []byte) []byte {
	const headerTCP = 20
	start := len(b)
	length := headerTCP + len(s.Payload)
	var sum uint32
	if [12]byte(s.Src.Addr[:12]) == mapped4 && [12]byte(s.Dst.Addr[:12]) == mapped4 {
		b = append(b, 0x45, 0)
		b = binary.BigEndian.AppendUint16(b, uint16(20+length))
		b = append(b, 0, 0, 0x40, 0, 64, protoTCP, 0, 0)
		b = append(append(b, s.Src.Addr[12:]...), s.Dst.Addr[12:]...)
		binary.BigEndian.PutUint16(b[start+10:], checksum(0, b[start:]))
		sum = partial(0, b[start+12:])
	} else {
		b = append(b, 0x60, 0, 0, 0)
		b = binary.BigEndian.AppendUint16(b, uint16(length))
		b = append(b, protoTCP, 64)
		b = append(append(b, s.Src.Addr[:]...), s.Dst.Addr[:]...)
		sum = partial(0, b[start+8:])
	}
	tcp := len(b)
	b = binary.BigEndian.AppendUint16(b, s.Src.Port)
	b = binary.BigEndian.AppendUint16(b, s.Dst.Port)
	b = binary.BigEndian.AppendUint32(b, s.Seq)
	b = binary.BigEndian.AppendUint32(b, s.Ack)
	b = append(b, headerTCP/4<<4, byte(s.Flags), 0xff, 0xff, 0, 0, 0, 0)
	b = append(b, s.Payload...)
	binary.BigEndian.PutUint16(b[tcp+16:], checksum(sum+protoTCP+uint32(length), b[tcp:]))
	return b
}

// partial adds b to a ones' complement sum (RFC 1071).
func partial(sum uint32, b []byte) uint32 {
	for ; len(b) >= 2; b = b[2:] {
		sum += uint32(binary.BigEndian.Uint16(b))
	}
	if len(b) == 1 {
		sum += uint32(b[0]) << 8
	}
	return sum
}

func checksum(sum uint32, b []byte) uint16 {
	for sum = partial(sum, b); sum > 0xffff; {
		sum = sum&0xffff + sum>>16
	}
	return ^uint16(sum)
}
