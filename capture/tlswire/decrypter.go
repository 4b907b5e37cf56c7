package tlswire

// Decrypter is what the connections of one capture share. It and its
// connections are for one goroutine.
type Decrypter struct {
	Keys *KeyLog
	// Hold is how many bytes of encrypted records a connection may keep while
	// it waits for keys that come late, as in a live capture. 0 (the default)
	// means that keys missing when they are needed will not come.
	Hold int

	sessions sessions
	held     int    // bytes of records that wait, of all connections
	scratch  []byte // for the content of one record
	buffers  buffers
	macs     macs

	fingerprints fingerprints
}

const (
	// maxHeldHello is how much one connection keeps while the other side's
	// hello may still come.
	maxHeldHello = 128 << 10
	// maxHeld is how much all connections keep together.
	maxHeld = 64 << 20
)

// NewDecrypter returns a Decrypter over keys, which may grow later.
func NewDecrypter(keys *KeyLog) *Decrypter {
	return &Decrypter{Keys: keys, scratch: make([]byte, 0, maxRecord)}
}

// NewConn returns the machine for one TCP connection.
func (d *Decrypter) NewConn(sink Sink) *Conn { return &Conn{d: d, sink: sink, patient: true} }
