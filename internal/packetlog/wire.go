package packetlog

import (
	"bytes"
	"sync"
	"time"

	"why403/capture"
	"why403/internal/synth"
)

// Wire is one TCP connection of a [Log]. Its methods are safe for concurrent use
// and do not wait for the disk.
type Wire struct {
	log          *Log
	conversation *synth.Conversation // the writer's

	mu      sync.Mutex
	skipped [2]int64 // bytes left out since the last that were not, by side
}

// event is one thing that happened on a wire.
type event struct {
	wire    *Wire
	kind    kind
	from    synth.Side
	at      capture.Instant
	skipped int64 // bytes left out before
	data    []byte
}

type kind uint8

const (
	opened kind = iota
	carried
	ended
	broken
)

func side(fromClient bool) synth.Side {
	if fromClient {
		return synth.Client
	}
	return synth.Server
}

// Carry takes bytes that a side sends. It keeps no reference to b.
func (w *Wire) Carry(fromClient bool, b []byte) {
	from := side(fromClient)
	w.mu.Lock()
	defer w.mu.Unlock()
	e := event{kind: carried, from: from, skipped: w.skipped[from]}
	if w.log.queued.Add(int64(len(b))) <= maxQueued {
		e.data = bytes.Clone(b)
		if w.put(e) {
			w.skipped[from] = 0
			return
		}
	}
	w.log.queued.Add(-int64(len(b)))
	w.log.dropped.Add(int64(len(b)))
	w.skipped[from] += int64(len(b))
}

// End says that a side will send no more.
func (w *Wire) End(fromClient bool) { w.last(ended, side(fromClient)) }

// Break says that a side resets the connection.
func (w *Wire) Break(fromClient bool) { w.last(broken, side(fromClient)) }

func (w *Wire) last(k kind, from synth.Side) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.put(event{kind: k, from: from, skipped: w.skipped[from]}) {
		w.skipped[from] = 0
	}
}

func (w *Wire) put(e event) bool {
	e.wire, e.at = w, capture.At(time.Now())
	return w.log.enqueue(e)
}
