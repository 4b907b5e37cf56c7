package pcapfile

import (
	"encoding/binary"
	"errors"
	"io"
)

// Block types (draft-ietf-opsawg-pcapng §4).
const (
	sectionBlock    = 0x0a0d0d0a
	interfaceBlock  = 1
	oldPacketBlock  = 2 // obsolete Packet Block
	simpleBlock     = 3
	statisticsBlock = 5
	packetBlock     = 6 // Enhanced Packet Block
	secretsBlock    = 10
)

// ngFile is a pcapng file: blocks, each
//
//	type(4) length(4) body length(4)
type ngFile struct {
	little bool
	ifaces []iface
	lost   int64 // by the packets' own drop counts
}

// maxInterfaces of one section; more than any capture has.
const maxInterfaces = 1 << 16

func (f *ngFile) u16(b []byte) uint16 {
	if f.little {
		return binary.LittleEndian.Uint16(b)
	}
	return binary.BigEndian.Uint16(b)
}

func (f *ngFile) u32(b []byte) uint32 {
	if f.little {
		return binary.LittleEndian.Uint32(b)
	}
	return binary.BigEndian.Uint32(b)
}

func (f *ngFile) u64(b []byte) uint64 {
	if f.little {
		return binary.LittleEndian.Uint64(b)
	}
	return binary.BigEndian.Uint64(b)
}

func (f *ngFile) next(r *Reader, p *Packet) error {
	for {
		at := r.win.offset()
		kind, body, err := f.block(r)
		if err != nil {
			return err
		}
		found, err := f.read(r, p, kind, body)
		if err != nil {
			return &Error{Offset: at, Err: err}
		}
		if found {
			p.Offset = at
			return nil
		}
	}
}

// block reads the next block whole; the body is valid until the next read.
func (f *ngFile) block(r *Reader) (kind uint32, body []byte, err error) {
	at := r.win.offset()
	head, err := r.win.peek(12)
	if err != nil {
		if len(head) == 0 && isEOF(err) {
			return 0, nil, err
		}
		return 0, nil, cut(at, "a block's head", len(head), 12, err)
	}
	kind = f.u32(head)
	if kind == sectionBlock { // the same in both byte orders
		if err := f.section(head); err != nil {
			return 0, nil, &Error{Offset: at, Err: err}
		}
	}
	length := f.u32(head[4:])
	switch {
	case length < 12 || length%4 != 0:
		return 0, nil, damaged(at, "a block of type %#x has length %d", kind, length)
	case length > MaxBlock:
		return 0, nil, damaged(at, "a block of type %#x has %d bytes, over the limit of %d", kind, length, MaxBlock)
	}
	whole, err := r.win.peek(int(length))
	if err != nil {
		return 0, nil, cut(at, "a block", len(whole), int(length), err)
	}
	if again := f.u32(whole[length-4:]); again != length {
		return 0, nil, damaged(at, "a block of type %#x has length %d at its start and %d at its end", kind, length, again)
	}
	r.win.pass(int(length))
	return kind, whole[8 : length-4], nil
}

// section begins a new section: its byte order, and no interfaces.
func (f *ngFile) section(head []byte) error {
	const magic uint32 = 0x1a2b3c4d
	switch magic {
	case binary.LittleEndian.Uint32(head[8:]):
		f.little = true
	case binary.BigEndian.Uint32(head[8:]):
		f.little = false
	default:
		return errors.New("a section without its byte-order magic")
	}
	return nil
}

// read takes a block and reports whether p now holds a packet.
func (f *ngFile) read(r *Reader, p *Packet, kind uint32, body []byte) (bool, error) {
	switch kind {
	case packetBlock:
		return f.packet(r, p, body)
	case oldPacketBlock:
		return f.oldPacket(r, p, body)
	case simpleBlock:
		return f.simple(r, p, body)
	case interfaceBlock:
		return false, f.addInterface(body)
	case statisticsBlock:
		f.statistics(r, body)
	case secretsBlock:
		return false, f.secrets(r, body)
	case sectionBlock:
		return false, f.beginSection(r, body)
	default:
		r.stats.Unknown++
	}
	return false, nil
}

func (f *ngFile) beginSection(r *Reader, body []byte) error {
	if len(body) < 16 {
		return errors.New("a section block is too short")
	}
	if major := f.u16(body[4:]); major != 1 {
		return errors.New("a pcapng version that is not supported")
	}
	for i := range f.ifaces { // those of the last section are final
		f.lost += f.ifaces[i].dropped
	}
	f.ifaces = f.ifaces[:0]
	return nil
}

func isEOF(err error) bool { return err == io.EOF }
