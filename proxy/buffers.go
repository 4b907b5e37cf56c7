package proxy

import "sync"

// bufferSize holds a TLS record and nearly every head.
const bufferSize = 16 << 10

// buffers lends the buffers that connections need only while bytes arrive.
var buffers bufferPool

type bufferPool struct{ pool sync.Pool }

func (p *bufferPool) get() *[]byte {
	if b, ok := p.pool.Get().(*[]byte); ok {
		return b
	}
	b := make([]byte, bufferSize)
	return &b
}

func (p *bufferPool) put(b *[]byte) { p.pool.Put(b) }
