package pcapfile

import (
	"encoding/binary"

	"why403/capture"
)

// variant is what a magic number says of a pcap file.
type variant struct {
	unit     int64 // nanoseconds in a unit of the time's fraction
	modified bool  // Kuznetzov's: eight more bytes in each record's header
}

var variants = map[uint32]variant{
	0xa1b2c3d4: {unit: 1000},
	0xa1b23c4d: {unit: 1},
	0xa1b2cd34: {unit: 1000, modified: true},
}

// pcapFile is a classic capture.
//
//	file:   magic(4) major(2) minor(2) zone(4) accuracy(4) snaplen(4) link(4)
//	packet: seconds(4) fraction(4) captured(4) length(4) [8 bytes if modified] data
type pcapFile struct {
	variant
	order   binary.ByteOrder
	little  bool
	header  int // bytes of a record's header
	minor   uint16
	snaplen uint32
	link    LinkType
}

const pcapHead = 24

func openPcap(w *window, v variant, order binary.ByteOrder) (format, error) {
	head, err := w.peek(pcapHead)
	if err != nil {
		return nil, cut(0, "the file's head", len(head), pcapHead, err)
	}
	f := &pcapFile{variant: v, order: order, little: order == binary.LittleEndian, header: 16}
	if v.modified {
		f.header = 24
	}
	if major := order.Uint16(head[4:]); major != 2 {
		return nil, damaged(4, "pcap version %d is not supported", major)
	}
	f.minor = order.Uint16(head[6:])
	f.snaplen = order.Uint32(head[16:])
	f.link = LinkType(order.Uint32(head[20:])) // the upper half holds flags
	w.pass(pcapHead)
	return f, nil
}

// u32 is order.Uint32 without the call through an interface.
func (f *pcapFile) u32(b []byte) uint32 {
	if f.little {
		return binary.LittleEndian.Uint32(b)
	}
	return binary.BigEndian.Uint32(b)
}

func (f *pcapFile) next(r *Reader, p *Packet) error {
	for {
		at := r.win.offset()
		head, err := r.win.peek(f.header)
		if err != nil {
			if len(head) == 0 && isEOF(err) {
				return err
			}
			return cut(at, "a packet's head", len(head), f.header, err)
		}
		captured, length := f.lengths(head)
		if captured > MaxPacket {
			if err := f.oversized(r, at, captured); err != nil {
				return err
			}
			continue
		}
		seconds, fraction := f.u32(head), f.u32(head[4:])
		size := f.header + int(captured)
		record, err := r.win.peek(size)
		if err != nil {
			return cut(at, "a packet", len(record), size, err)
		}
		r.win.pass(size)
		p.Offset, p.Link, p.Length = at, f.link, int(max(length, captured))
		p.Time = capture.Instant(int64(seconds)*1e9 + int64(fraction)*f.unit)
		p.Data = record[f.header:]
		return nil
	}
}

// lengths returns the captured and the real length, which changed places before
// version 2.3 and in some files of that one.
func (f *pcapFile) lengths(head []byte) (captured, length uint32) {
	captured, length = f.u32(head[8:]), f.u32(head[12:])
	if f.minor < 3 || f.minor == 3 && captured > length {
		captured, length = length, captured
	}
	return captured, min(length, 1<<30)
}

// oversized skips a packet if its size is one that the file announced.
func (f *pcapFile) oversized(r *Reader, at int64, captured uint32) error {
	if captured > f.snaplen || captured > MaxBlock {
		return damaged(at, "a packet of %d bytes where the file's limit is %d", captured, f.snaplen)
	}
	r.stats.Oversized++
	if err := r.win.skip(f.header + int(captured)); err != nil {
		return cut(at, "a packet", int(r.win.offset()-at), f.header+int(captured), err)
	}
	return nil
}
