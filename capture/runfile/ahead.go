package runfile

import (
	"database/sql/driver"
	"errors"
	"sync/atomic"
)

const (
	batchRows  = 64
	batchCount = 3 // one that is read into, one that is taken from, one between
)

// ahead hands rows over in batches to a goroutine of its own, so that SQLite reads the next
// rows while that one takes these apart: each is about half of the work.
type ahead struct {
	full, empty chan []driver.Value // batches, a row after the other
	batch       []driver.Value      // that is read into
	failed      atomic.Bool
	done        chan error
}

// queryAhead calls row with each row of a statement of so many columns, on another goroutine
// but not beyond the end of this call. Rows pass check first, in the order of the file.
func (db *database) queryAhead(sql string, width int, check, row func([]driver.Value) error) error {
	a := &ahead{full: make(chan []driver.Value, batchCount), empty: make(chan []driver.Value, batchCount), done: make(chan error, 1)}
	for range batchCount {
		a.empty <- make([]driver.Value, 0, batchRows*width)
	}
	a.batch = <-a.empty
	go func() { a.done <- a.each(width, row) }()
	read := db.query(sql, func(values []driver.Value) error {
		if a.failed.Load() {
			return errFailed
		}
		if err := check(values); err != nil {
			return err
		}
		a.add(values)
		return nil
	})
	a.full <- a.batch
	close(a.full)
	if err := <-a.done; err != nil {
		return err // of an earlier row than any that read is about
	}
	return read
}

// errFailed ends the reading once a row was found wanting; that error is returned in its place.
var errFailed = errors.New("a row before failed")

func (a *ahead) add(values []driver.Value) {
	if a.batch = append(a.batch, values...); len(a.batch) == cap(a.batch) {
		a.full <- a.batch
		a.batch = <-a.empty
	}
}

// each calls row with what was handed over, up to its first error.
func (a *ahead) each(width int, row func([]driver.Value) error) (err error) {
	for batch := range a.full {
		for i := 0; i < len(batch) && err == nil; i += width {
			err = row(batch[i : i+width])
		}
		a.failed.Store(err != nil)
		clear(batch)
		a.empty <- batch[:0]
	}
	return err
}
