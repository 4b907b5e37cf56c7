package runfile

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"why403/capture"
)

// queue hands records from many goroutines to the writer's. It is bounded in
// records and in bytes, and full it drops: [queue.put] never waits.
type queue struct {
	records  chan capture.Record
	bytes    atomic.Int64 // of the records queued or in the writer's hands
	maxBytes int64

	mu     sync.RWMutex // held to read while putting, to write when closing
	closed bool
}

// put queues a record, or returns false if there is no room or the queue is
// closed. After close has returned, all that put took can be read.
func (q *queue) put(rec capture.Record) bool {
	q.mu.RLock()
	defer q.mu.RUnlock()
	if q.closed {
		return false
	}
	size := recordBytes(rec)
	if q.bytes.Add(size) <= q.maxBytes {
		select {
		case q.records <- rec:
			return true
		default:
		}
	}
	q.bytes.Add(-size)
	return false
}

// release gives back the room of records that were written or given up.
func (q *queue) release(bytes int64) { q.bytes.Add(-bytes) }

// close makes put refuse, and reports whether it was open.
func (q *queue) close() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	was := !q.closed
	q.closed = true
	return was
}

// recordBytes is what a record keeps in memory, about: its long texts exactly,
// everything else as a lump.
func recordBytes(rec capture.Record) int64 {
	switch rec := rec.(type) {
	case capture.Upgrade:
		const fixed = int(unsafe.Sizeof(capture.Upgrade{})) + 2*int(unsafe.Sizeof(capture.TLS{})) + 256
		return int64(fixed + rec.RequestHead.Len() + rec.ResponseHead.Len() + len(rec.Body) + len(rec.Target) + len(rec.Socket.ServerFirst))
	case capture.Token:
		return int64(512 + len(rec.Claims))
	case capture.TokenRequest:
		return int64(512 + len(rec.ResponseHead))
	default:
		return 256
	}
}

func (q *queue) isClosed() bool {
	q.mu.RLock()
	defer q.mu.RUnlock()
	return q.closed
}
