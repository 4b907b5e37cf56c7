package runfile

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"why403/capture"
)

// ErrNotRunFile is returned by [Open] for a file of another kind.
var ErrNotRunFile = errors.New("not a run file of why403")

// Open reads a run without changing its file. One that is being written, or whose
// recorder crashed, is read as far as it got, with a note that says so. Records
// that break the rules of [capture.Run.CheckValid] are left out, with a note.
//
// The file may come from anybody: damage is an error, never a crash.
func Open(path string) (*capture.Run, error) { return openWith(path, upgrades) }

// OpenFrameless is [Open] without what sockets sent, which the diagnosis does without: 16
// columns and 128 bytes of an attempt.
func OpenFrameless(path string) (*capture.Run, error) { return openWith(path, frameless) }

func openWith(path string, attempts table[upgrade]) (*capture.Run, error) {
	run, err := open(path, attempts)
	if err != nil {
		return nil, fmt.Errorf("open run file %q: %w", path, err)
	}
	return run, nil
}

func open(path string, attempts table[upgrade]) (*capture.Run, error) {
	if err := checkHeader(path); err != nil {
		return nil, err
	}
	run, err := readFile(path, attempts)
	if err != nil && fileBytes(path+"-wal") > 0 {
		// SQLite reads a write-ahead log only where it can write an index of it.
		return readCopy(path, attempts, err)
	}
	return run, err
}

// checkHeader tells a file that is no database, before SQLite has a look at it.
func checkHeader(path string) error {
	const magic = "SQLite format 3\x00"
	f, err := os.Open(path)
	if err != nil {
		return errors.Unwrap(err)
	}
	defer f.Close()
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(f, head); err != nil || string(head) != magic {
		return ErrNotRunFile
	}
	return nil
}

// fileBytes is the size of a file, 0 if there is none.
func fileBytes(path string) int64 {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	return info.Size()
}

// readCopy reads a copy of the file and its log in a directory that is writable.
func readCopy(path string, attempts table[upgrade], cause error) (*capture.Run, error) {
	dir, err := os.MkdirTemp("", "why403-run-")
	if err != nil {
		return nil, cause
	}
	defer os.RemoveAll(dir)
	copied := filepath.Join(dir, "run.db")
	for _, suffix := range []string{"", "-wal"} {
		if err := copyFile(copied+suffix, path+suffix); err != nil {
			return nil, errors.Join(cause, err)
		}
	}
	return readFile(copied, attempts)
}

func copyFile(to, from string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return errors.Join(err, dst.Close())
}

// readFile reads everything in one transaction, as the file stood at its start.
func readFile(path string, attempts table[upgrade]) (_ *capture.Run, err error) {
	db, err := openReader(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	return read(db, attempts)
}

// openReader begins a transaction that reads a run file. With a schema that may be hostile,
// functions in it are not run, and cells are checked before they are used.
func openReader(path string) (*database, error) {
	db, err := openDatabase(path, "mode=ro", fmt.Sprintf("busy_timeout = %d", busyMillis),
		"trusted_schema = OFF", "cell_size_check = ON", "query_only = ON", "temp_store = MEMORY")
	if err != nil {
		return nil, err
	}
	db.budget = 2 * (fileBytes(path) + fileBytes(path+"-wal")) // twice, for text in UTF-16
	begin := func(db *database) error { return db.exec("BEGIN") }
	for _, step := range []func(*database) error{begin, checkVersion, checkTables} {
		if err := step(db); err != nil {
			return nil, errors.Join(err, db.close())
		}
	}
	return db, nil
}

func checkVersion(db *database) error {
	app, err := db.number("PRAGMA application_id")
	if err != nil {
		return err
	}
	if app != applicationID {
		return ErrNotRunFile
	}
	v, err := db.number("PRAGMA user_version")
	switch {
	case err != nil:
		return err
	case v > version:
		return fmt.Errorf("its version is %d, this why403 reads up to %d: upgrade why403", v, version)
	case v < version:
		return fmt.Errorf("its version is %d, which never was", v)
	}
	return nil
}

// checkTables makes sure that what is read are the tables that we made, not views
// or computed columns under their names. Other tables, indices and views are
// nobody's business.
func checkTables(db *database) error {
	found := 0
	err := db.query("SELECT name, sql FROM sqlite_master WHERE type = 'table'", func(row []driver.Value) error {
		name, _ := row[0].(string)
		want, ours := tableSQL[name]
		if !ours {
			return nil
		}
		found++
		if sql, _ := row[1].(string); !strings.EqualFold(sql, want) {
			return fmt.Errorf("table %s is not as version %d has it", name, version)
		}
		return nil
	})
	if err == nil && found != len(tableSQL) {
		return fmt.Errorf("%d of its %d tables are missing", len(tableSQL)-found, len(tableSQL))
	}
	return err
}
