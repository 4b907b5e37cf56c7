package pcapfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"why403/capture"
)

// pcapBytes builds a classic capture of packets a second apart, each holding its
// number.
func pcapBytes(magic uint32, order binary.AppendByteOrder, fraction uint32, n int) []byte {
	b := order.AppendUint32(nil, magic)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(b, 4)
	b = append(b, make([]byte, 8)...)
	b = order.AppendUint32(b, 65535)
	b = order.AppendUint32(b, 0x10000000|uint32(SLL2)) // flags above the link type
	for i := range n {
		b = order.AppendUint32(b, uint32(1700000000+i))
		b = order.AppendUint32(b, fraction)
		b = order.AppendUint32(b, 5)
		b = order.AppendUint32(b, 90)
		if magic == 0xa1b2cd34 {
			b = append(b, make([]byte, 8)...)
		}
		b = append(b, fmt.Sprintf("no %02d", i%100)...)
	}
	return b
}

type seen struct {
	at     capture.Instant
	link   LinkType
	length int
	data   string
}

func readAll(r io.Reader) (packets []seen, err error) {
	pr, err := NewReader(r)
	if err != nil {
		return nil, err
	}
	defer pr.Close()
	for {
		var p Packet
		if err := pr.Next(&p); err != nil {
			return packets, err
		}
		packets = append(packets, seen{p.Time, p.Link, p.Length, string(p.Data)})
	}
}

func TestPcapMagics(t *testing.T) {
	for magic, unit := range map[uint32]capture.Instant{0xa1b2c3d4: 1000, 0xa1b23c4d: 1, 0xa1b2cd34: 1000} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			t.Run(fmt.Sprintf("%x %v", magic, order), func(t *testing.T) {
				got, err := readAll(bytes.NewReader(pcapBytes(magic, order, 123456, 3)))
				if err != io.EOF || len(got) != 3 {
					t.Fatalf("got %d packets, %v", len(got), err)
				}
				want := seen{1700000002e9 + 123456*unit, SLL2, 90, "no 02"}
				if got[2] != want {
					t.Errorf("third packet: got %+v, want %+v", got[2], want)
				}
			})
		}
	}
}

// block frames a pcapng block in the given order.
func block(order binary.AppendByteOrder, kind uint32, body ...byte) []byte {
	body = pad(body)
	b := order.AppendUint32(nil, kind)
	b = order.AppendUint32(b, uint32(len(body)+12))
	b = append(b, body...)
	return order.AppendUint32(b, uint32(len(body)+12))
}

func section(order binary.AppendByteOrder) []byte {
	b := order.AppendUint32(nil, 0x1a2b3c4d)
	b = order.AppendUint16(b, 1)
	b = order.AppendUint16(b, 0)
	return block(order, sectionBlock, order.AppendUint64(b, ^uint64(0))...)
}

func ifaceBlock(order binary.AppendByteOrder, link LinkType, options ...byte) []byte {
	b := order.AppendUint16(nil, uint16(link))
	b = append(b, 0, 0, 0, 0, 0, 0)
	return block(order, interfaceBlock, append(b, options...)...)
}

func option(order binary.AppendByteOrder, code uint16, v ...byte) []byte {
	b := order.AppendUint16(nil, code)
	b = order.AppendUint16(b, uint16(len(v)))
	return pad(append(b, v...))
}

func enhanced(order binary.AppendByteOrder, iface uint32, stamp uint64, data string, options ...byte) []byte {
	b := order.AppendUint32(nil, iface)
	b = order.AppendUint32(b, uint32(stamp>>32))
	b = order.AppendUint32(b, uint32(stamp))
	b = order.AppendUint32(b, uint32(len(data)))
	b = order.AppendUint32(b, uint32(len(data)))
	return block(order, packetBlock, append(pad(append(b, data...)), options...)...)
}

// TestPcapngSections reads two sections of different byte order, each with its own
// interfaces, and every kind of packet block.
func TestPcapngSections(t *testing.T) {
	le, be := binary.LittleEndian, binary.BigEndian
	var file []byte
	file = append(file, section(le)...)
	file = append(file, ifaceBlock(le, Ethernet)...)
	file = append(file, block(le, 0xbad, 1, 2, 3, 4)...) // unknown
	file = append(file, enhanced(le, 0, 1700000000_000001, "first", option(le, 4, 7, 0, 0, 0, 0, 0, 0, 0)...)...)
	file = append(file, section(be)...)
	file = append(file, ifaceBlock(be, Raw, option(be, 9, 9)...)...)
	file = append(file, ifaceBlock(be, Loop, append(option(be, 9, 0x80|20), option(be, 14, be.AppendUint64(nil, 1e9)...)...)...)...)
	file = append(file, enhanced(be, 1, 3<<20|1<<19, "second")...)
	old := be.AppendUint16(nil, 0)
	old = be.AppendUint16(old, 2) // drops
	old = be.AppendUint64(old, 1700000000_000000005)
	old = be.AppendUint32(old, 5)
	old = be.AppendUint32(old, 1500)
	file = append(file, block(be, oldPacketBlock, append(old, "third"...)...)...)
	file = append(file, block(be, simpleBlock, append(be.AppendUint32(nil, 6), "fourth"...)...)...)
	isb := append(be.AppendUint32(nil, 0), make([]byte, 8)...)
	isb = append(isb, option(be, 5, be.AppendUint64(nil, 10)...)...)
	file = append(file, block(be, statisticsBlock, isb...)...)

	r, err := NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	want := []seen{
		{1700000000_000001000, Ethernet, 5, "first"},
		{1000000003_500000000, Loop, 6, "second"},
		{1700000000_000000005, Raw, 1500, "third"},
		{0, Raw, 6, "fourth"},
	}
	for _, w := range want {
		var p Packet
		if err := r.Next(&p); err != nil {
			t.Fatalf("%q: %v", w.data, err)
		}
		if got := (seen{p.Time, p.Link, p.Length, string(p.Data)}); got != w {
			t.Errorf("got %+v, want %+v", got, w)
		}
	}
	if err := r.Next(new(Packet)); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
	if got, want := r.Stats(), (Stats{Packets: 4, Dropped: 7 + 2 + 10, Untimed: 1, Unknown: 1}); got != want {
		t.Errorf("stats: got %+v, want %+v", got, want)
	}
}

func TestTimeResolutions(t *testing.T) {
	for _, tt := range []struct {
		name       string
		resolution byte
		stamp      uint64
		offset     int64
		want       capture.Instant
	}{
		{"seconds", 0, 5, 0, 5e9},
		{"milliseconds", 3, 1500, 0, 1500e6},
		{"nanoseconds", 9, 1700000000_123456789, 0, 1700000000_123456789},
		{"picoseconds", 12, 1_500_000_000_123, 0, 1_500_000_000},
		{"10^-19 s", 19, 12345678901234567890, 0, 1_234567890},
		{"10^-20 s", 20, 12345678901234567890, 0, 123456789},
		{"10^-28 s", 28, 12345678901234567890, 0, 1},
		{"10^-127 s", 127, 1 << 63, 0, 0},
		{"2^0 s", 0x80, 7, 0, 7e9},
		{"2^-10 s", 0x80 | 10, 3<<10 | 512, 0, 3_500000000},
		{"2^-63 s", 0x80 | 63, 1<<63 | 1<<62, 0, 1_500000000},
		{"2^-64 s", 0x80 | 64, 1 << 63, 0, 500000000},
		{"2^-65 s", 0x80 | 65, 1 << 63, 0, 250000000},
		{"2^-127 s", 0xff, 1 << 63, 0, 0},
		{"offset", 6, 1_000001, 10, 11_000001000},
		{"offset before the epoch", 6, 1, -10, 0},
		{"beyond 2262", 0, 1 << 62, 0, 0},
	} {
		i := iface{resolution: tt.resolution, offset: tt.offset}
		if got := i.time(tt.stamp); got != tt.want {
			t.Errorf("%s: got %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestPacked(t *testing.T) {
	plain := pcapBytes(0xa1b23c4d, binary.LittleEndian, 1, 50000)
	var gz, zs bytes.Buffer
	zw := gzip.NewWriter(&gz)
	zw.Write(plain)
	zw.Close()
	sw, _ := zstd.NewWriter(&zs)
	sw.Write(plain)
	sw.Close()
	for name, packed := range map[string][]byte{"gzip": gz.Bytes(), "zstd": zs.Bytes()} {
		got, err := readAll(bytes.NewReader(packed))
		if err != io.EOF || len(got) != 50000 {
			t.Errorf("%s: %d packets, %v", name, len(got), err)
		}
		got, err = readAll(bytes.NewReader(packed[:len(packed)-100]))
		if !errors.Is(err, ErrTruncated) {
			t.Errorf("%s cut short: %d packets, %v", name, len(got), err)
		}
	}
}

// TestCutAnywhere cuts a file at every byte: the whole packets before the cut come,
// and the cut is named unless it falls between two packets.
func TestCutAnywhere(t *testing.T) {
	le := binary.LittleEndian
	ng := append(section(le), ifaceBlock(le, Raw)...)
	ends := map[int]int{len(ng): 0, len(section(le)): 0}
	for i := range 3 {
		ng = append(ng, enhanced(le, 0, uint64(i), fmt.Sprintf("packet %d", i))...)
		ends[len(ng)] = i + 1
	}
	whole := 0
	for n := 28; n <= len(ng); n++ {
		got, err := readAll(bytes.NewReader(ng[:n]))
		if count, boundary := ends[n]; boundary {
			whole = count
			if err != io.EOF {
				t.Errorf("%d bytes end with a block: %v", n, err)
			}
		} else if !errors.Is(err, ErrTruncated) {
			t.Errorf("%d bytes end in a block: %v", n, err)
		}
		if len(got) != whole {
			t.Errorf("%d bytes: %d packets, want %d", n, len(got), whole)
		}
	}
}

func TestDamage(t *testing.T) {
	le := binary.LittleEndian
	ng := slices.Clip(append(section(le), ifaceBlock(le, Raw)...))
	short := block(le, packetBlock, make([]byte, 12)...)
	mismatch := enhanced(le, 0, 1, "x")
	mismatch[len(mismatch)-1] = 9
	huge := pcapBytes(0xa1b2c3d4, le, 0, 0)
	huge = append(huge, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0x40)
	for name, tt := range map[string]struct {
		file []byte
		want string
	}{
		"short block":           {append(ng, short...), "at byte 48: a packet block is too short"},
		"lengths differ":        {append(ng, mismatch...), "at byte 48: a block of type 0x6 has length 36 at its start and 150994980 at its end"},
		"zero length":           {append(ng, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), "at byte 48: a block of type 0x6 has length 0"},
		"no such interface":     {append(ng, enhanced(le, 3, 1, "x")...), "at byte 48: a packet of interface 3, of which there are 1"},
		"a packet of 1 GiB":     {huge, "at byte 24: a packet of 1073741824 bytes where the file's limit is 65535"},
		"no capture":            {[]byte("GET / HTTP/1.1\r\n"), "neither pcap nor pcapng"},
		"pcap of a later major": {append([]byte{0xd4, 0xc3, 0xb2, 0xa1, 9}, make([]byte, 40)...), "at byte 4: pcap version 9 is not supported"},
	} {
		_, err := readAll(bytes.NewReader(tt.file))
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: got %v, want %s", name, err, tt.want)
		}
	}
}

// TestWriter reads back what was written.
func TestWriter(t *testing.T) {
	var file bytes.Buffer
	w, err := NewWriter(&file, Raw, "test")
	if err != nil {
		t.Fatal(err)
	}
	at := capture.At(time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC))
	w.Packet(0, at, []byte("odd"), 99)
	w.Secrets(TLSKeyLog, []byte("CLIENT_RANDOM 1 2\n"))
	if err := w.Packet(0, at+1, []byte("even"), 4); err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	var secrets string
	r.OnSecrets = func(kind SecretsKind, b []byte) { secrets += fmt.Sprintf("%x %s", kind, b) }
	var got []seen
	for p := new(Packet); r.Next(p) == nil; {
		got = append(got, seen{p.Time, p.Link, p.Length, string(p.Data)})
	}
	if len(got) != 2 || got[0] != (seen{at, Raw, 99, "odd"}) || got[1] != (seen{at + 1, Raw, 4, "even"}) {
		t.Errorf("got %+v", got)
	}
	if secrets != "544c534b CLIENT_RANDOM 1 2\n" {
		t.Errorf("secrets: %q", secrets)
	}
}
