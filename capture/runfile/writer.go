package runfile

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"why403/capture"
)

// Options bounds what waits for the disk. The zero value has the defaults.
type Options struct {
	// Queue is how many records may wait, default 16,384.
	Queue int
	// QueueBytes is how much memory they may take, about, default 64 MiB. Bodies
	// of refusals are up to [capture.BodyLimit] each.
	QueueBytes int64
}

const (
	defaultQueue      = 16 << 10
	defaultQueueBytes = 64 << 20
)

// Writer records one run. Put and Stats are safe for concurrent use.
type Writer struct {
	path  string
	queue queue
	store *store

	written, late atomic.Int64 // records
	full, failed  tally

	seal  chan capture.Instant // the end, once
	ended chan error           // what became of it
}

// Stats says how the recording goes.
type Stats struct {
	Written int64 // records that are in the file, or were replaced by a newer one
	Dropped int64 // records that are not and never will be
	Queued  int   // records that wait
}

// Create makes the file and starts its writer. An existing file is never touched:
// the error is [fs.ErrExist]. Only its owner may read the file.
func Create(path string, meta capture.Meta, opt Options) (*Writer, error) {
	w, err := create(path, meta, opt)
	if err != nil {
		return nil, fmt.Errorf("create run file %q: %w", path, err)
	}
	return w, nil
}

func create(path string, meta capture.Meta, opt Options) (*Writer, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		if pathErr := (*os.PathError)(nil); errors.As(err, &pathErr) {
			err = pathErr.Err // the path is in our message already
		}
		return nil, err
	}
	store, err := newStore(path, meta)
	if err := errors.Join(f.Close(), err); err != nil {
		os.Remove(path)
		return nil, err
	}
	return start(path, store, opt), nil
}

func start(path string, store *store, opt Options) *Writer {
	if opt.Queue <= 0 {
		opt.Queue = defaultQueue
	}
	if opt.QueueBytes <= 0 {
		opt.QueueBytes = defaultQueueBytes
	}
	w := &Writer{
		path:  path,
		queue: queue{records: make(chan capture.Record, opt.Queue), maxBytes: opt.QueueBytes},
		store: store,
		seal:  make(chan capture.Instant, 1),
		ended: make(chan error, 1),
	}
	w.full.loss = capture.Loss{Kind: capture.LostQueue, Detail: "records that found the run file's queue full"}
	w.failed.loss = capture.Loss{Kind: capture.LostDisk, Detail: "records that the disk did not take"}
	go w.write()
	return w
}

// Put hands over a record. It never waits: if the queue is full the record is
// dropped and counted in the file and in [Writer.Stats]. After [Writer.Seal] it is
// only counted.
func (w *Writer) Put(rec capture.Record) {
	if w.queue.put(rec) {
		return
	}
	if w.queue.isClosed() {
		w.late.Add(1)
		return
	}
	w.full.add(1)
}

// Stats counts since Create.
func (w *Writer) Stats() Stats {
	return Stats{
		Written: w.written.Load(),
		Dropped: w.full.count.Load() + w.failed.count.Load() + w.late.Load(),
		Queued:  len(w.queue.records),
	}
}

// ErrSealed is returned by the second Seal.
var ErrSealed = errors.New("run file is sealed already")

// Seal writes what waits and the end of the run, and makes the run one file
// without a write-ahead log beside it. (While another program reads the file, its
// log stays until that program closes it; nothing is lost by that.)
//
// An error means that the file may not be complete; it is in order up to then.
func (w *Writer) Seal(ended capture.Instant) error {
	if !w.queue.close() {
		return ErrSealed
	}
	w.seal <- ended
	if err := <-w.ended; err != nil {
		return fmt.Errorf("seal run file %q: %w", w.path, err)
	}
	return nil
}

// tally counts records lost in one way.
type tally struct {
	loss   capture.Loss // kind and detail
	count  atomic.Int64
	first  atomic.Int64 // the moment of the first
	stored int64        // the count in the file; the writing goroutine's own
}

func (t *tally) add(n int64) {
	if t.first.Load() == 0 {
		t.first.CompareAndSwap(0, time.Now().UnixNano())
	}
	t.count.Add(n)
}

// news returns the loss as it should be in the file, and false if it is so.
func (t *tally) news() (capture.Loss, bool) {
	loss := t.loss
	loss.Count, loss.At = t.count.Load(), capture.Instant(t.first.Load())
	return loss, loss.Count != t.stored
}
