package pcapfile

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"
)

// FuzzReader asserts for any bytes: every packet lies within its bounds, offsets
// rise, an error stays, and the packets survive being written and read again.
func FuzzReader(f *testing.F) {
	le, be := binary.LittleEndian, binary.BigEndian
	f.Add(pcapBytes(0xa1b2c3d4, le, 5, 3))
	f.Add(pcapBytes(0xa1b2cd34, be, 5, 3))
	ng := append(section(be), ifaceBlock(be, Raw, option(be, 9, 0x85)...)...)
	ng = append(ng, enhanced(be, 0, 77, "data", option(be, 4, 1, 2, 3, 4, 5, 6, 7, 8)...)...)
	ng = append(ng, block(be, simpleBlock, 0, 0, 0, 4, 1, 2, 3, 4)...)
	ng = append(ng, block(be, secretsBlock, 0x54, 0x4c, 0x53, 0x4b, 0, 0, 0, 1, 'k')...)
	f.Add(append(ng, section(le)...))
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := NewReader(bytes.NewReader(file))
		if err != nil {
			return
		}
		defer r.Close()
		var again bytes.Buffer
		w, _ := NewWriter(&again, Raw, "fuzz")
		var packets []seen
		var p Packet
		last := int64(-1)
		for err = r.Next(&p); err == nil; err = r.Next(&p) {
			if len(p.Data) > MaxPacket || len(p.Data) > p.Length || p.Offset <= last || p.Time < 0 {
				t.Fatalf("packet %d at %d: %d of %d bytes, time %d", p.Number, p.Offset, len(p.Data), p.Length, p.Time)
			}
			last = p.Offset
			packets = append(packets, seen{p.Time, Raw, p.Length, string(p.Data)})
			w.Packet(0, p.Time, p.Data, p.Length)
		}
		if got := r.Next(&p); got != err {
			t.Fatalf("after %v came %v", err, got)
		}
		got, err := readAll(&again)
		if err != io.EOF || len(got) != len(packets) {
			t.Fatalf("read back %d of %d packets: %v", len(got), len(packets), err)
		}
		for i := range got {
			if got[i] != packets[i] {
				t.Fatalf("packet %d: wrote %+v, read %+v", i, packets[i], got[i])
			}
		}
	})
}
