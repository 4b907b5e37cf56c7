package session

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"

	"why403/capture"
	"why403/capture/passive"
	"why403/capture/pcapfile"
	"why403/capture/runfile"
	"why403/capture/tlswire"
	"why403/capture/token"
)

// PacketOptions say which captures to read.
type PacketOptions struct {
	Files   []string  // capture files, "-" for Stdin; at least one
	Stdin   io.Reader // see Files
	KeyLogs []string  // files of TLS secrets (RFC 9850)
	Run     string    // run file to keep, "" for none; must not exist
	passive.Options
	Command []string // what made the capture known, for the record
	Version string   // of why403, for the record

	// Watch, if not nil, is called once before reading with a function that
	// returns the bytes read and those that there are, 0 if unknown. That one may be
	// called from any goroutine.
	Watch func(progress func() (read, size int64))
}

// ReadPackets reads captures as one recording. When ctx ends it returns what was
// read up to then, and a note says so.
func ReadPackets(ctx context.Context, opt PacketOptions) (*capture.Run, error) {
	keys, err := readKeys(opt)
	if err != nil {
		return nil, err
	}
	timeline, err := pcapfile.OpenTimeline(opt.Files, opt.Stdin)
	if err != nil {
		return nil, err
	}
	defer timeline.Close()
	timeline.OnSecrets = func(kind pcapfile.SecretsKind, b []byte) {
		if kind == pcapfile.TLSKeyLog {
			keys.Add(b)
		}
	}
	if opt.Watch != nil {
		opt.Watch(timeline.Progress)
	}
	opt.Keys = keys
	run := observe(ctx, opt, timeline)
	if opt.Run == "" {
		return run, nil
	}
	return run, keep(opt.Run, run)
}

// readKeys reads all secrets ahead of the packets: those of files, and those that
// captures carry, which may stand behind what they are for.
func readKeys(opt PacketOptions) (*tlswire.KeyLog, error) {
	keys := tlswire.NewKeyLog(0)
	for _, path := range opt.KeyLogs {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read key log: %w", err)
		}
		before := keys.Stats()
		keys.Add(text)
		if after := keys.Stats(); len(text) > 0 && after.Secrets == before.Secrets && after.Dropped == before.Dropped {
			return nil, fmt.Errorf("read key log %q: no line in it is a TLS secret", path)
		}
	}
	for _, path := range opt.Files {
		if err := pcapfile.Secrets(path, keys.Add); err != nil {
			return nil, fmt.Errorf("read capture: %w", err)
		}
	}
	return keys, nil
}

// observe runs the packets through an observer.
func observe(ctx context.Context, opt PacketOptions, timeline *pcapfile.Timeline) *capture.Run {
	tokens := newTokens()
	var records capture.Collector
	o := passive.New(opt.Options, tokens, records.Put)
	var p pcapfile.Packet
	memory := newFrugal()
	defer memory.end()
	for n := 0; timeline.Next(&p) == nil; n++ {
		if n&0xffff == 0 {
			memory.adjust()
		}
		if n&0xfff == 0 && ctx.Err() != nil {
			records.Put(capture.Note{At: p.Time, Text: "reading was interrupted; what follows in the capture is not in this run"})
			break
		}
		if opt.Until.Seen() && p.Time > opt.Until {
			break
		}
		o.Packet(&p)
	}
	o.File(timeline.Stats(), timeline.Damage())
	return opt.finish(o, tokens, &records)
}

func newTokens() *token.Keeper {
	key := make([]byte, 32)
	rand.Read(key) // never fails (crypto/rand)
	return token.NewKeeper(key)
}

// finish ends an observation and returns its run.
func (opt PacketOptions) finish(o *passive.Observer, tokens *token.Keeper, records *capture.Collector) *capture.Run {
	o.Close()
	run := records.Run(opt.meta(tokens, o))
	o.Join(run)
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

// keep writes a run to a file.
func keep(path string, run *capture.Run) error {
	w, err := runfile.Create(path, run.Meta, runfile.Options{Queue: 1 << 20, QueueBytes: 1 << 40})
	if err != nil {
		return err
	}
	for _, t := range sortedTokens(run) {
		w.Put(t)
	}
	for _, u := range run.Upgrades {
		w.Put(*u)
	}
	for _, r := range run.TokenRequests {
		w.Put(r)
	}
	for _, s := range run.Clock {
		w.Put(s)
	}
	for _, l := range run.Losses {
		w.Put(l)
	}
	for _, n := range run.Notes {
		w.Put(n)
	}
	return w.Seal(run.Ended)
}

func sortedTokens(run *capture.Run) []capture.Token {
	var list []capture.Token
	for _, t := range run.Tokens {
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b capture.Token) int { return int(min(1, max(-1, a.Seen-b.Seen))) })
	return list
}
