package proxy

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	trimLook  = 5 * time.Second  // how long no client must have come
	trimPause = 15 * time.Second // between two trims
	// trimFrom is how much must have been allocated since the last trim for
	// another to pay: the garbage of some 200 handshakes.
	trimFrom = 16 << 20
)

// trim gives memory back to the system when a ramp or a burst of traffic is over. A
// TLS handshake leaves some 76 KiB of garbage, so a ramp ends with a heap far
// larger than what its sockets need, and the runtime returns that slowly: 4,000
// open sockets held 35 KiB each before and 26 KiB after.
func (p *Proxy) trim(ctx context.Context) {
	tick := time.NewTicker(trimLook)
	defer tick.Stop()
	var clients int64 // up to the last tick
	var trimmed time.Time
	var allocated uint64 // up to the last trim
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			last := clients
			clients = p.stats.connections.Load()
			if clients != last || now.Sub(trimmed) < trimPause || allocations()-allocated < trimFrom {
				continue
			}
			debug.FreeOSMemory()
			trimmed, allocated = now, allocations()
		}
	}
}

// allocations are the bytes that were ever allocated.
func allocations() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
