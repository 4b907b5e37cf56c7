package session

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"why403/capture"
	"why403/capture/passive"
	"why403/capture/pcapfile"
	"why403/capture/runfile"
	"why403/capture/tlswire"
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
	// Status, if not nil, is called every second of a live capture with a line for
	// people, and with "" at its end.
	Status func(line string)
}

// ReadPackets reads captures as one recording. When ctx ends it returns what was
// read up to then, and a note says so.
func ReadPackets(ctx context.Context, opt PacketOptions) (*capture.Run, error) {
	keys, err := readKeys(opt)
	if err != nil {
		return nil, err
	}
	opt.Keys = keys
	r := newReading(opt)
	timeline, err := pcapfile.OpenTimeline(opt.Files, opt.Stdin, r.secrets)
	if err != nil {
		return nil, err
	}
	defer timeline.Close()
	if opt.Watch != nil {
		opt.Watch(timeline.Progress)
	}
	run := r.observe(ctx, timeline)
	if opt.Run == "" {
		return run, nil
	}
	return run, keep(opt.Run, run)
}

// readKeys reads the key logs, and sees to it that secrets within captures are found
// when they are needed, even if they stand behind the packets that they are for.
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
	keys.More = func() {
		for _, path := range opt.Files {
			pcapfile.Secrets(path, keys.Add) // reading the packets meets what goes wrong, too
		}
	}
	return keys, nil
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
