package proxy

import (
	"sync"

	"why403/capture"
)

// lossKinds is how many different losses are told apart; the rest share one line.
const lossKinds = 1024

// losses gathers what went unrecorded, so that ten thousand connections to one
// undecrypted host make two records: one at the first, so that a crash cannot
// hide it, and one for all that followed.
type losses struct {
	p    *Proxy
	mu   sync.Mutex
	more map[lossKey]*capture.Loss // those after the first
}

type lossKey struct {
	kind   capture.LossKind
	detail string
}

func (l *losses) add(kind capture.LossKind, detail string) {
	now := l.p.clock.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.more == nil {
		l.more = map[lossKey]*capture.Loss{}
	}
	key := lossKey{kind, detail}
	loss, known := l.more[key]
	if !known && len(l.more) >= lossKinds {
		key.detail = "others"
		loss, known = l.more[key]
	}
	switch {
	case !known:
		l.more[key] = &capture.Loss{Kind: kind, Detail: key.detail}
		l.p.sink.Put(capture.Loss{At: now, Kind: kind, Count: 1, Detail: key.detail})
	case loss.Count == 0:
		loss.At = now
		fallthrough
	default:
		loss.Count++
	}
}

// flush puts what came after the first of each kind.
func (l *losses) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, loss := range l.more {
		if loss.Count > 0 {
			l.p.sink.Put(*loss)
			loss.Count = 0
		}
	}
}
