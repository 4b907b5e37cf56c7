package proxy

import (
	"bytes"
	"crypto/tls"
	"reflect"
	"unsafe"
)

// shrinkable says where a tls.Conn keeps its input buffers, nil if not where we
// expect them. crypto/tls never lets them shrink (golang.org/issue/43563): one
// message of 16 KiB makes a socket larger by that for the rest of its life, and
// ten thousand sockets by 160 MB a side.
var shrinkable = func() (offsets []uintptr) {
	conn := reflect.TypeFor[tls.Conn]()
	for _, name := range []string{"rawInput", "hand"} {
		field, ok := conn.FieldByName(name)
		if !ok || field.Type != reflect.TypeFor[bytes.Buffer]() {
			return nil
		}
		offsets = append(offsets, field.Offset)
	}
	return offsets
}()

// smallInput is what a buffer may keep: small messages come again and again.
const smallInput = 1 << 10

// shrink frees the input buffers of conn that are large and empty. Only the goroutine that
// reads conn may call it, between two reads: nothing else in crypto/tls touches
// these buffers once the handshake is done. What a read left undelivered points
// into them, so it must have left nothing.
func shrink(conn *tls.Conn) {
	for _, offset := range shrinkable {
		buf := (*bytes.Buffer)(unsafe.Add(unsafe.Pointer(conn), offset))
		if buf.Len() == 0 && buf.Cap() > smallInput {
			*buf = bytes.Buffer{}
		}
	}
}
