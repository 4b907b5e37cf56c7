package passive

import (
	"why403/capture"
	"why403/capture/packet"
	"why403/capture/pcapfile"
)

// Read takes all packets of a source. A goroutine of its own reads and decodes ahead
// while this one follows the connections; it has ended when Read returns. The source may
// call [Observer.Secrets] from within its Next.
func (o *Observer) Read(src pcapfile.Source) {
	o.ahead = &ahead{src: src, decoder: &o.decoder,
		full: make(chan *batch, batches), empty: make(chan *batch, batches)}
	for range batches {
		o.ahead.empty <- &batch{segments: make([]timed, 0, batchSegments), payload: make([]byte, 0, batchBytes)}
	}
	go o.ahead.read()
	for b := range o.ahead.full {
		o.batch(b)
		b.reset()
		o.ahead.empty <- b
	}
	o.ahead = nil
}

// Secrets adds a TLS key log that stood among the packets.
func (o *Observer) Secrets(keyLog []byte) {
	if o.ahead == nil {
		o.opt.Keys.Add(keyLog)
		return
	}
	b := o.ahead.at
	b.secrets = append(append(b.secrets, keyLog...), '\n')
}

// batch takes the segments of a batch.
func (o *Observer) batch(b *batch) {
	o.opt.Keys.Add(b.secrets)
	o.seen(b.first)
	o.seen(b.last)
	for i := range b.segments {
		o.streams.Segment(b.segments[i].at, &b.segments[i].Segment)
	}
}

// batch is segments on their way from one goroutine to the other, with copies of their
// payloads: to hand over each by itself would cost more than to read it.
type batch struct {
	secrets     []byte // key logs that stood among them
	first, last capture.Instant
	segments    []timed
	payload     []byte
}

type timed struct {
	at capture.Instant
	packet.Segment
}

const (
	batches       = 4
	batchSegments = 512
	batchBytes    = 256 << 10
)

func (b *batch) reset() { *b = batch{segments: b.segments[:0], payload: b.payload[:0]} }

func (b *batch) seen(at capture.Instant) {
	if !b.first.Seen() {
		b.first = at
	}
	b.last = max(b.last, at)
}

// add adds a segment if there is room for it. The first one always finds it.
func (b *batch) add(at capture.Instant, s *packet.Segment) bool {
	start := len(b.payload)
	if n := len(b.segments); n == batchSegments || n > 0 && start+len(s.Payload) > cap(b.payload) {
		return false
	}
	b.payload = append(b.payload, s.Payload...)
	b.segments = append(b.segments, timed{at, *s})
	b.segments[len(b.segments)-1].Payload = b.payload[start:]
	return true
}

// ahead fills batches.
type ahead struct {
	src         pcapfile.Source
	decoder     *packet.Decoder
	full, empty chan *batch
	at          *batch // in progress
}

func (a *ahead) read() {
	var p pcapfile.Packet
	var s packet.Segment
	for a.at = <-a.empty; a.src.Next(&p) == nil; {
		a.at.seen(p.Time)
		if a.decoder.Decode(&p, &s) && !a.at.add(p.Time, &s) {
			a.full <- a.at
			a.at = <-a.empty
			a.at.add(p.Time, &s)
		}
	}
	a.full <- a.at
	close(a.full)
}
