package runfile

import (
	"errors"
	"fmt"

	"why403/capture"
)

// store writes records to the file. One goroutine uses it.
type store struct {
	db                     *database
	begin, commit          *statement
	upgrade, token         *statement
	tokenRequest, clock    *statement
	loss, note, updateLoss *statement
}

// newStore makes the schema and the run's row in an empty file.
func newStore(path string, m capture.Meta) (_ *store, err error) {
	// NORMAL: a batch is safe from a crash of this process at once, from one of
	// the machine at the next checkpoint. FULL would wait for the disk per batch.
	db, err := openDatabase(path, "mode=rw",
		fmt.Sprintf("busy_timeout = %d", busyMillis),
		fmt.Sprintf("page_size = %d", pageSize),
		"journal_mode = WAL", "synchronous = NORMAL",
		fmt.Sprintf("wal_autocheckpoint = %d", checkpointPages),
		"temp_store = MEMORY")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			db.close()
		}
	}()
	if err := createSchema(db); err != nil {
		return nil, err
	}
	s := &store{db: db}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	run, err := db.prepare(meta.insertSQL())
	if err != nil {
		return nil, err
	}
	defer run.close()
	_, err = meta.bind(run, &m).exec()
	return s, err
}

const (
	// busyMillis is how long the writer waits for another program that locked the
	// file. The queue takes what comes meanwhile.
	busyMillis = 5000
	// pageSize fits an attempt with its heads, which has some 2 KiB.
	pageSize = 8192
	// checkpointPages is how long the write-ahead log grows before it is moved into
	// the file, which waits for the disk: 16 MiB.
	checkpointPages = 2048
)

func (s *store) prepare() error {
	var errs []error
	prepare := func(sql string) *statement {
		st, err := s.db.prepare(sql)
		errs = append(errs, err)
		return st
	}
	s.begin = prepare("BEGIN IMMEDIATE")
	s.commit = prepare("COMMIT")
	s.upgrade = prepare(upgrades.insertSQL())
	s.token = prepare(tokens.insertSQL())
	s.tokenRequest = prepare(tokenRequests.insertSQL())
	s.clock = prepare(clockSamples.insertSQL())
	s.loss = prepare(losses.insertSQL())
	s.note = prepare(notes.insertSQL())
	s.updateLoss = prepare("UPDATE losses SET count = ? WHERE kind = ? AND detail = ?")
	return errors.Join(errs...)
}

// transaction runs do, all or nothing.
func (s *store) transaction(do func() error) error {
	if _, err := s.begin.exec(); err != nil {
		return err
	}
	err := do()
	if err == nil {
		_, err = s.commit.exec()
	}
	if err != nil {
		// SQLite may have rolled back by itself; an error of this one says so.
		_ = s.db.exec("ROLLBACK")
	}
	return err
}

// put writes one record.
func (s *store) put(rec capture.Record) (err error) {
	switch rec := rec.(type) {
	case capture.Upgrade:
		_, err = upgrades.bind(s.upgrade, &rec).exec()
	case capture.Token:
		_, err = tokens.bind(s.token, &rec).exec()
	case capture.TokenRequest:
		_, err = tokenRequests.bind(s.tokenRequest, &rec).exec()
	case capture.ClockSample:
		_, err = clockSamples.bind(s.clock, &rec).exec()
	case capture.Loss:
		_, err = losses.bind(s.loss, &rec).exec()
	case capture.Note:
		_, err = notes.bind(s.note, &rec).exec()
	}
	return err
}

// putLoss sets the one row of a loss that the writer itself counts.
func (s *store) putLoss(loss capture.Loss, news bool) error {
	if !news {
		return nil
	}
	changed, err := s.updateLoss.set(loss.Count, string(loss.Kind), loss.Detail).exec()
	if err != nil || changed > 0 {
		return err
	}
	return s.put(loss)
}

// seal writes the end, moves the write-ahead log into the file and removes it.
func (s *store) seal(path string, ended capture.Instant) error {
	err := s.db.exec(fmt.Sprintf("UPDATE run SET ended_ns = %d", max(ended, 1)))
	if isGone(path) {
		return errors.Join(err, s.restore(path, max(ended, 1)), s.close())
	}
	// Both fail while another program reads. Then the log stays beside the file,
	// complete, and that program removes it when it closes the file.
	_ = s.db.exec("PRAGMA busy_timeout = 1000")
	_ = s.db.exec("PRAGMA wal_checkpoint(TRUNCATE)")
	_ = s.db.exec("PRAGMA journal_mode = DELETE")
	return errors.Join(err, s.close())
}

func (s *store) close() error {
	for _, st := range []*statement{s.begin, s.commit, s.upgrade, s.token, s.tokenRequest, s.clock, s.loss, s.note, s.updateLoss} {
		if st != nil {
			st.close()
		}
	}
	return s.db.close()
}
