package runfile

import (
	"cmp"
	"database/sql/driver"
	"fmt"
)

// fewRows are read sooner by one connection than a second one is opened.
const fewRows = 5000

// readHalves is [table.read] by two connections at a time, since one takes rows apart on one
// processor. The second half waits for the first, so that each has the order of the file.
func (t table[T]) readHalves(db *database, each func(*T)) error {
	last, err := db.number("SELECT coalesce(max(rowid), 0) FROM " + t.name)
	if err != nil || last < fewRows || !db.keepsWritersOut() {
		return t.read(db, each)
	}
	beside, err := openReader(db.path)
	if err != nil {
		return t.read(db, each)
	}
	defer beside.close()
	var later []*T
	done := make(chan error, 1)
	go func() {
		done <- t.readWhere(beside, fmt.Sprintf("rowid > %d", last/2), func(r *T) { later = append(later, r) })
	}()
	err = t.readWhere(db, fmt.Sprintf("rowid <= %d", last/2), each)
	if err := cmp.Or(err, <-done); err != nil {
		return err
	}
	for _, r := range later {
		each(r)
	}
	return nil
}

// keepsWritersOut reports whether nobody can write while a transaction of db is open, so that
// another connection sees the same. With a write-ahead log everybody can.
func (db *database) keepsWritersOut() bool {
	var mode driver.Value
	err := db.query("PRAGMA journal_mode", func(row []driver.Value) error { mode = row[0]; return nil })
	return err == nil && mode == "delete"
}
