package pcapfile

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync/atomic"
)

// Timeline reads several captures as one, in the order of their packets' times:
// rotated files, or the same load seen on two interfaces. A file is opened for
// good only once its first packet is due, so a thousand rotated files take one
// window. Within a file packets come as they stand, whatever their clock did.
type Timeline struct {
	stdin   io.Reader
	secrets func(kind SecretsKind, b []byte)
	waiting []*track // by first packet
	open    []*track
	last    *track // whose packet was given out
	done    Stats
	damage  []Damage
	read    atomic.Int64
	size    int64
}

// Damage is a file that could be read only up to a point.
type Damage struct {
	Path    string
	Packets int64 // read before it
	Err     error
}

// OpenTimeline opens captures; a path of "-" is stdin. The error is about a file
// that is no capture; damage further in is not an error (see [Timeline.Damage]). Secrets
// are as [Reader.OnSecrets] has them; those in front of a pipe come before OpenTimeline
// returns.
func OpenTimeline(paths []string, stdin io.Reader, secrets func(kind SecretsKind, b []byte)) (*Timeline, error) {
	t := &Timeline{stdin: stdin, secrets: secrets}
	for _, path := range paths {
		if err := t.add(path); err != nil {
			t.Close()
			return nil, fmt.Errorf("read capture %q: %w", path, err)
		}
	}
	slices.SortStableFunc(t.waiting, func(a, b *track) int { return cmp.Compare(a.at, b.at) })
	return t, nil
}

// add finds out when a file begins. A regular file is closed again: it will be
// read when it is due.
func (t *Timeline) add(path string) error {
	tr := &track{path: path}
	if path != "-" {
		info, err := os.Stat(path)
		if err != nil {
			return errors.Unwrap(err)
		}
		if info.Mode().IsRegular() {
			return t.probe(tr, info.Size())
		}
	}
	tr.pipe = true
	t.waiting = append(t.waiting, tr)
	return t.start(tr)
}

func (t *Timeline) probe(tr *track, size int64) error {
	look := &Timeline{}
	if err := look.start(tr); err != nil {
		tr.stop()
		return err
	}
	tr.stop()
	t.waiting = append(t.waiting, tr)
	t.size += size
	return nil
}

// start opens a file and reads its first packet.
func (t *Timeline) start(tr *track) error {
	var in io.Reader = t.stdin
	if tr.path != "-" {
		f, err := os.Open(tr.path)
		if err != nil {
			return errors.Unwrap(err)
		}
		tr.file, in = f, f
	}
	r, err := NewReader(counted{in, &t.read})
	if err != nil {
		if err == io.EOF {
			err = errors.New("it is empty")
		}
		return err
	}
	tr.r = r
	r.OnSecrets = t.secrets
	t.advance(tr)
	return nil
}

// advance reads the next packet of a file, and closes it at its end.
func (t *Timeline) advance(tr *track) {
	err := tr.r.Next(&tr.next)
	if err == nil {
		if tr.next.Time.Seen() {
			tr.at = tr.next.Time
		}
		return
	}
	tr.next = Packet{}
	if err != io.EOF {
		t.damage = append(t.damage, Damage{tr.path, tr.r.Stats().Packets, err})
	}
	t.done.add(tr.r.Stats())
	tr.stop()
}

// Next fills p with the packet that is next in time.
func (t *Timeline) Next(p *Packet) error {
	if t.last != nil {
		t.advance(t.last)
		t.last = nil
	}
	tr := t.earliest()
	if tr == nil {
		return io.EOF
	}
	*p, t.last = tr.next, tr
	return nil
}

// earliest returns the open file with the earliest packet, after opening those
// that are due.
func (t *Timeline) earliest() *track {
	for {
		t.open = slices.DeleteFunc(t.open, func(tr *track) bool { return tr.r == nil })
		var first *track
		for _, tr := range t.open {
			if first == nil || tr.at < first.at {
				first = tr
			}
		}
		if len(t.waiting) == 0 || first != nil && first.at < t.waiting[0].at {
			return first
		}
		t.admit()
	}
}

// admit opens the file that waits in front.
func (t *Timeline) admit() {
	tr := t.waiting[0]
	t.waiting = t.waiting[1:]
	if !tr.pipe {
		if err := t.start(tr); err != nil {
			t.damage = append(t.damage, Damage{Path: tr.path, Err: err})
		}
	}
	t.open = append(t.open, tr)
}

// Damage returns the files that could not be read to their end, so far.
func (t *Timeline) Damage() []Damage { return t.damage }

// Stats returns the sum over all files.
func (t *Timeline) Stats() Stats {
	sum := t.done
	for _, tr := range t.open {
		if tr.r != nil {
			sum.add(tr.r.Stats())
		}
	}
	return sum
}

func (s *Stats) add(o Stats) {
	s.Packets += o.Packets
	s.Dropped += o.Dropped
	s.Oversized += o.Oversized
	s.Untimed += o.Untimed
	s.Unknown += o.Unknown
}

// Progress returns the bytes read and those that there are, 0 if unknown (pipes).
// It may be called from another goroutine.
func (t *Timeline) Progress() (read, size int64) { return t.read.Load(), t.size }

// Close closes what is open.
func (t *Timeline) Close() {
	for _, tr := range append(t.waiting, t.open...) {
		tr.stop()
	}
	t.waiting, t.open, t.last = nil, nil, nil
}
