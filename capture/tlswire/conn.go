package tlswire

import "why403/capture"

// Decrypter is what the connections of one capture share. It and its
// connections are for one goroutine.
type Decrypter struct {
	Keys *KeyLog
	// Hold is how many bytes of encrypted records a connection may keep while
	// it waits for keys that come late, as in a live capture. 0 (the default)
	// means that keys missing when they are needed will not come.
	Hold int
}

// NewDecrypter returns a Decrypter over keys, which may grow later.
func NewDecrypter(keys *KeyLog) *Decrypter { return &Decrypter{Keys: keys} }

// NewConn returns the machine for one TCP connection.
func (d *Decrypter) NewConn(sink Sink) *Conn { return &Conn{d: d, sink: sink} }

// Conn reads one TLS connection.
type Conn struct {
	d     *Decrypter
	sink  Sink
	facts Facts
}

// Data takes the next bytes of a direction, in order and without duplicates. It
// keeps no reference to b.
func (c *Conn) Data(dir Dir, at capture.Instant, b []byte) {}

// Gap says that n bytes of a direction are missing.
func (c *Conn) Gap(dir Dir, at capture.Instant, n int64) {}

// End says that no more bytes of a direction will come. Once both directions
// have ended, everything has been emitted.
func (c *Conn) End(dir Dir, at capture.Instant) {}

// Retry tries records that wait for keys again; for when the key log grew.
func (c *Conn) Retry() {}

// Facts returns what is known so far. It stays the Conn's.
func (c *Conn) Facts() *Facts { return &c.facts }
