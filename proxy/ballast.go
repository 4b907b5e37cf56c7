package proxy

import (
	"math"
	"runtime/debug"
)

// ballastSize is how much room the heap is given beyond what is in use, in bytes. More
// gains nothing, and costs resident memory: what stays of a connection lies further
// apart in a heap that had more garbage in it.
const ballastSize = 16 << 20

// ballast returns memory that is never touched, so that it takes none of the
// machine's, and counts for the collector nevertheless: it runs once the heap has
// grown by as much as there is in it. A heap of a few megabytes that takes the
// garbage of a thousand handshakes a second, some 150 KiB each, would be collected
// thirty times a second, which was a seventh of the proxy's processor time.
// [Proxy.trim] returns the garbage once no more connections come.
//
// There is none under GOMEMLIMIT, of which it would take up its size.
func ballast() []byte {
	if debug.SetMemoryLimit(-1) < math.MaxInt64 {
		return nil
	}
	return make([]byte, ballastSize)
}
