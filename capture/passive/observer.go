package passive

import (
	"why403/capture"
	"why403/capture/packet"
	"why403/capture/pcapfile"
	"why403/capture/tcp"
	"why403/capture/tlswire"
	"why403/capture/token"
)

type endpoint = packet.Endpoint

// Observer reads packets. It is not safe for concurrent use.
type Observer struct {
	opt    Options
	filter filter
	tokens *token.Keeper
	put    func(capture.Record)
	tls    *tlswire.Decrypter

	decoder packet.Decoder
	streams *tcp.Assembler
	segment packet.Segment
	ahead   *ahead // while Read goes on

	first, last capture.Instant // times of packets
	conns       int64           // connections handed to dissect
	losses      losses
	unread      unread
	sameTLS     sameTLS
	legs        legs
	waiting     map[*tlsLayer]struct{} // for keys, with Options.Hold
}

// New returns an observer that hands records to put. Tokens holds the key of the
// recording's fingerprints.
func New(opt Options, tokens *token.Keeper, put func(capture.Record)) *Observer {
	if opt.Keys == nil {
		opt.Keys = tlswire.NewKeyLog(0)
	}
	o := &Observer{opt: opt, filter: newFilter(opt), tokens: tokens, put: put, legs: legs{}, waiting: map[*tlsLayer]struct{}{}}
	o.tls = tlswire.NewDecrypter(opt.Keys)
	o.tls.Hold = opt.Hold
	o.streams = tcp.New(opt.TCP, o.start)
	return o
}

// Packet takes the next packet.
func (o *Observer) Packet(p *pcapfile.Packet) {
	o.seen(p.Time)
	if o.decoder.Decode(p, &o.segment) {
		o.streams.Segment(p.Time, &o.segment)
	}
}

// Advance says what time it is while no packets come, as in a live capture.
func (o *Observer) Advance(at capture.Instant) {
	o.seen(at)
	o.streams.Advance(at)
}

// seen notes the time of a packet, 0 if it has none.
func (o *Observer) seen(at capture.Instant) {
	if !o.first.Seen() {
		o.first = at
	}
	o.last = max(o.last, at)
}

// KeysGrew tries what waits for keys again.
func (o *Observer) KeysGrew() {
	for t := range o.waiting {
		t.conn.Retry()
	}
}

// start begins a connection.
func (o *Observer) start(c *tcp.Conn) tcp.Stream {
	if !o.filter.connection(c) {
		return nil
	}
	f := &flow{o: o, tcp: c}
	f.top = pipe{f: f, scheme: "http"}
	return f
}

// Close ends what is still open and hands on what was lost.
func (o *Observer) Close() {
	o.streams.Close()
	o.account()
	o.losses.flush(o.put)
	o.unread.flush(o.put)
}

// Span returns the times of the first and the last packet.
func (o *Observer) Span() (first, last capture.Instant) { return o.first, o.last }
