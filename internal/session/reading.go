package session

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"io"
	"runtime"

	"why403/capture"
	"why403/capture/passive"
	"why403/capture/pcapfile"
	"why403/capture/token"
)

// reading is what makes a run of packets.
type reading struct {
	opt      PacketOptions
	tokens   *token.Keeper
	records  capture.Collector
	observer *passive.Observer
}

func newReading(opt PacketOptions) *reading {
	r := &reading{opt: opt, tokens: newTokens()}
	r.observer = passive.New(opt.Options, r.tokens, r.records.Put)
	return r
}

// secrets takes those of a capture.
func (r *reading) secrets(kind pcapfile.SecretsKind, b []byte) {
	if kind == pcapfile.TLSKeyLog {
		r.observer.Secrets(b)
	}
}

// observe runs the packets through the observer.
func (r *reading) observe(ctx context.Context, timeline *pcapfile.Timeline) *capture.Run {
	defer newFrugal().end()
	src := &bounded{Timeline: timeline, ctx: ctx, until: r.opt.Until}
	r.observer.Read(src)
	if src.interrupted {
		_, last := r.observer.Span()
		r.records.Put(capture.Note{At: last, Text: "reading was interrupted; what follows in the capture is not in this run"})
	}
	r.observer.File(timeline.Stats(), timeline.Damage())
	return r.finish()
}

// bounded ends a timeline where it is not to be read any further.
type bounded struct {
	*pcapfile.Timeline
	ctx   context.Context
	until capture.Instant // 0: no bound

	packets     int
	interrupted bool
}

// Next implements [pcapfile.Source].
func (s *bounded) Next(p *pcapfile.Packet) error {
	if err := s.Timeline.Next(p); err != nil {
		return err
	}
	if s.packets&0xfff == 0 && s.ctx.Err() != nil {
		s.interrupted = true
		return io.EOF
	}
	s.packets++
	if s.until.Seen() && p.Time > s.until {
		return io.EOF
	}
	return nil
}

func newTokens() *token.Keeper {
	key := make([]byte, 32)
	rand.Read(key) // never fails (crypto/rand)
	return token.NewKeeper(key)
}

// finish ends the observation and returns its run.
func (r *reading) finish() *capture.Run {
	r.observer.Close()
	run := r.records.Run(r.opt.meta(r.tokens, r.observer))
	r.observer.Join(run)
	return run
}

func (opt PacketOptions) meta(tokens *token.Keeper, o *passive.Observer) capture.Meta {
	id := make([]byte, 8)
	rand.Read(id)
	first, last := o.Span()
	return capture.Meta{
		ID: hex.EncodeToString(id), Source: "pcap", Version: opt.Version,
		Command: tokens.MaskArgs(opt.Command), Host: runtime.GOOS + "/" + runtime.GOARCH,
		Started: first, Ended: last,
	}
}
