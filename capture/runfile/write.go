package runfile

import (
	"errors"
	"time"

	"why403/capture"
)

const (
	// batchRecords is the most that one transaction holds.
	batchRecords = 1000
	// batchEvery is how long a record waits for others. Writing a batch of records
	// takes as long again at most, so that a record is in the file a tenth of a
	// second after it was put.
	batchEvery = 40 * time.Millisecond
	// retryEvery is how often losses are tried again that the file did not take.
	retryEvery = time.Second
)

// write is the one goroutine that writes: batches until Seal, then the end.
func (w *Writer) write() {
	b := newBatch()
	timer := time.NewTimer(retryEvery)
	timer.Stop()
	for {
		select {
		case rec := <-w.queue.records:
			if b.taken == 0 {
				timer.Reset(batchEvery)
			}
			b.add(rec)
			if b.taken < batchRecords {
				continue
			}
		case <-timer.C:
		case ended := <-w.seal:
			w.ended <- w.finish(b, ended)
			return
		}
		w.flush(b)
		timer.Stop()
		if w.lossesToStore() {
			timer.Reset(retryEvery)
		}
	}
}

// flush writes the batch and the counts of losses in one transaction. A batch that
// fails is given up: the next one should find the disk with room for it.
func (w *Writer) flush(b *batch) error {
	full, fullNews := w.full.news()
	failed, failedNews := w.failed.news()
	err := w.store.transaction(func() error {
		for _, rec := range b.records {
			if err := w.store.put(rec); err != nil {
				return err
			}
		}
		return errors.Join(w.store.putLoss(full, fullNews), w.store.putLoss(failed, failedNews))
	})
	if err != nil {
		w.failed.add(b.taken)
	} else {
		w.written.Add(b.taken)
		w.full.stored, w.failed.stored = full.Count, failed.Count
	}
	w.queue.release(b.bytes)
	b.clear()
	return err
}

func (w *Writer) lossesToStore() bool {
	_, full := w.full.news()
	_, failed := w.failed.news()
	return full || failed
}

// finish writes what is queued and seals the file. Nothing is put any more.
func (w *Writer) finish(b *batch, ended capture.Instant) error {
	var errs []error
	for {
		select {
		case rec := <-w.queue.records:
			b.add(rec)
			if b.taken >= batchRecords {
				errs = append(errs, w.flush(b))
			}
			continue
		default:
		}
		break
	}
	errs = append(errs, w.flush(b))
	if w.lossesToStore() {
		errs = append(errs, w.flush(b)) // those of the last flush
	}
	return errors.Join(append(errs, w.store.seal(w.path, ended))...)
}
