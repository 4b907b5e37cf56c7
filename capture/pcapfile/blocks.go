package pcapfile

import (
	"errors"
	"fmt"
	"math"
)

// addInterface reads an Interface Description Block (§4.2):
//
//	link(2) reserved(2) snaplen(4) options
func (f *ngFile) addInterface(body []byte) error {
	if len(body) < 8 {
		return errors.New("an interface block is too short")
	}
	if len(f.ifaces) == maxInterfaces {
		return fmt.Errorf("more than %d interfaces", maxInterfaces)
	}
	i := iface{link: LinkType(f.u16(body)), snaplen: f.u32(body[4:]), resolution: 6}
	f.options(body[8:], func(code uint16, v []byte) {
		switch {
		case code == 9 && len(v) >= 1: // if_tsresol
			i.resolution = v[0]
		case code == 14 && len(v) >= 8: // if_tsoffset
			i.offset = int64(f.u64(v))
		}
	})
	f.ifaces = append(f.ifaces, i)
	return nil
}

// options calls each with the options in b: code(2) length(2) value, padded to
// four bytes. It stops at what does not fit: options never decide over packets.
func (f *ngFile) options(b []byte, each func(code uint16, value []byte)) {
	for len(b) >= 4 {
		code, length := f.u16(b), int(f.u16(b[2:]))
		padded := (length + 3) &^ 3
		if code == 0 || len(b)-4 < length {
			return
		}
		each(code, b[4:4+length])
		b = b[min(len(b), 4+padded):]
	}
}

// packet reads an Enhanced Packet Block (§4.3):
//
//	interface(4) time(4+4) captured(4) length(4) data options
func (f *ngFile) packet(r *Reader, p *Packet, body []byte) (bool, error) {
	if len(body) < 20 {
		return false, errors.New("a packet block is too short")
	}
	ok, err := f.fill(r, p, f.u32(body), body[4:], body[20:])
	if ok && len(body)-20-(len(p.Data)+3)&^3 >= 4 {
		f.drops(r, body[20+(len(p.Data)+3)&^3:])
	}
	return ok, err
}

// oldPacket reads the obsolete Packet Block (appendix A):
//
//	interface(2) drops(2) time(4+4) captured(4) length(4) data options
func (f *ngFile) oldPacket(r *Reader, p *Packet, body []byte) (bool, error) {
	if len(body) < 20 {
		return false, errors.New("a packet block is too short")
	}
	if drops := f.u16(body[2:]); drops != math.MaxUint16 {
		f.lost += int64(drops)
		r.stats.Dropped = f.dropped()
	}
	return f.fill(r, p, uint32(f.u16(body)), body[4:], body[20:])
}

// simple reads a Simple Packet Block (§4.4): length(4) data. It belongs to the
// first interface, is cut at its snap length, and has no time.
func (f *ngFile) simple(r *Reader, p *Packet, body []byte) (bool, error) {
	if len(body) < 4 {
		return false, errors.New("a simple packet block is too short")
	}
	if len(f.ifaces) == 0 {
		return false, errors.New("a packet before its interface")
	}
	length := f.u32(body)
	captured := min(length, uint32(len(body)-4))
	if limit := f.ifaces[0].snaplen; limit != 0 {
		captured = min(captured, limit)
	}
	if captured > MaxPacket {
		r.stats.Oversized++
		return false, nil
	}
	p.Time, p.Link = 0, f.ifaces[0].link
	p.Length, p.Data = int(min(length, 1<<30)), body[4:4+captured]
	return true, nil
}

// fill completes p from the part that both packet blocks share.
func (f *ngFile) fill(r *Reader, p *Packet, number uint32, head, data []byte) (bool, error) {
	if uint64(number) >= uint64(len(f.ifaces)) {
		return false, fmt.Errorf("a packet of interface %d, of which there are %d", number, len(f.ifaces))
	}
	i := &f.ifaces[number]
	captured, length := f.u32(head[8:]), f.u32(head[12:])
	if uint64(captured) > uint64(len(data)) {
		return false, fmt.Errorf("a packet of %d bytes in a block that has room for %d", captured, len(data))
	}
	if captured > MaxPacket {
		r.stats.Oversized++
		return false, nil
	}
	p.Time = i.time(uint64(f.u32(head))<<32 | uint64(f.u32(head[4:])))
	p.Link, p.Length = i.link, int(min(max(length, captured), 1<<30))
	p.Data = data[:captured:captured]
	return true, nil
}

// drops adds epb_dropcount: packets lost between this one and the one before.
func (f *ngFile) drops(r *Reader, options []byte) {
	f.options(options, func(code uint16, v []byte) {
		if code == 4 && len(v) >= 8 {
			f.lost += int64(min(f.u64(v), 1<<48))
			r.stats.Dropped = f.dropped()
		}
	})
}

// statistics reads an Interface Statistics Block (§4.6): interface(4) time(8)
// options, whose counts are of the whole capture so far.
func (f *ngFile) statistics(r *Reader, body []byte) {
	if len(body) < 12 || uint64(f.u32(body)) >= uint64(len(f.ifaces)) {
		return
	}
	var dropped int64
	f.options(body[12:], func(code uint16, v []byte) {
		if (code == 5 || code == 7) && len(v) >= 8 { // isb_ifdrop, isb_osdrop
			dropped += int64(min(f.u64(v), 1<<48))
		}
	})
	f.ifaces[f.u32(body)].dropped = dropped
	r.stats.Dropped = f.dropped()
}

func (f *ngFile) dropped() int64 {
	n := f.lost
	for i := range f.ifaces {
		n += f.ifaces[i].dropped
	}
	return n
}

// secrets reads a Decryption Secrets Block (§4.7): kind(4) length(4) data options.
func (f *ngFile) secrets(r *Reader, body []byte) error {
	if len(body) < 8 {
		return errors.New("a secrets block is too short")
	}
	length := f.u32(body[4:])
	if uint64(length) > uint64(len(body)-8) {
		return fmt.Errorf("secrets of %d bytes in a block that has room for %d", length, len(body)-8)
	}
	if r.OnSecrets != nil {
		r.OnSecrets(SecretsKind(f.u32(body)), body[8:8+length])
	}
	return nil
}
