package pcapfile

import (
	"encoding/binary"
	"io"

	"why403/capture"
)

// Writer writes a pcapng file of one section in little-endian order, with times in
// nanoseconds. The first error stays and is returned by every later call.
type Writer struct {
	w   io.Writer
	buf []byte
	err error
}

// NewWriter begins a file whose interface 0 has the given link type. Secrets go
// before the packets that they are for, so that readers in one pass find them.
func NewWriter(w io.Writer, link LinkType, application string) (*Writer, error) {
	nw := &Writer{w: w}
	nw.section(application)
	return nw, nw.AddInterface(link)
}

// AddInterface adds one more interface; they count from 0.
func (w *Writer) AddInterface(link LinkType) error {
	b := w.begin(interfaceBlock)
	b = binary.LittleEndian.AppendUint16(b, uint16(link))
	b = append(b, 0, 0, 0, 0, 0, 0) // reserved, no snap length
	b = append(b, 9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0)
	return w.end(b)
}

// Secrets adds a Decryption Secrets Block.
func (w *Writer) Secrets(kind SecretsKind, secrets []byte) error {
	b := w.begin(secretsBlock)
	b = binary.LittleEndian.AppendUint32(b, uint32(kind))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(secrets)))
	return w.end(append(b, secrets...))
}

// Packet adds a packet of an interface; length is what it had on the wire.
func (w *Writer) Packet(iface uint32, at capture.Instant, data []byte, length int) error {
	b := w.begin(packetBlock)
	b = binary.LittleEndian.AppendUint32(b, iface)
	b = binary.LittleEndian.AppendUint32(b, uint32(at>>32))
	b = binary.LittleEndian.AppendUint32(b, uint32(at))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	b = binary.LittleEndian.AppendUint32(b, uint32(length))
	return w.end(append(b, data...))
}

func (w *Writer) section(application string) {
	b := w.begin(sectionBlock)
	b = binary.LittleEndian.AppendUint32(b, 0x1a2b3c4d)
	b = append(b, 1, 0, 0, 0)
	b = binary.LittleEndian.AppendUint64(b, ^uint64(0)) // length not known
	b = append(b, 4, 0)                                 // shb_userappl
	b = binary.LittleEndian.AppendUint16(b, uint16(len(application)))
	b = pad(append(b, application...))
	w.end(append(b, 0, 0, 0, 0))
}

// begin starts a block; end fills in its lengths and writes it.
func (w *Writer) begin(kind uint32) []byte {
	b := binary.LittleEndian.AppendUint32(w.buf[:0], kind)
	return append(b, 0, 0, 0, 0)
}

func (w *Writer) end(b []byte) error {
	b = pad(b)
	length := uint32(len(b) + 4)
	binary.LittleEndian.PutUint32(b[4:], length)
	w.buf = binary.LittleEndian.AppendUint32(b, length)
	if w.err == nil {
		_, w.err = w.w.Write(w.buf)
	}
	return w.err
}

func pad(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}
