package runfile

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math"
	"net/url"
	"path/filepath"
	"strings"
)

// database is one connection to a file. It speaks to the driver without
// database/sql: one goroutine uses it, so a pool, its locks and its conversion of
// ninety arguments per record would be cost alone.
type database struct {
	conn   driver.Conn
	path   string
	budget int64 // bytes that may still be read, see spend
}

// openDatabase opens a file with URI parameters (https://sqlite.org/uri.html) and
// runs the pragmas in the order given.
func openDatabase(path, params string, pragmas ...string) (*database, error) {
	uri, err := fileURI(path)
	if err != nil {
		return nil, err
	}
	conn, err := sqliteDriver.Open(uri + "?" + params)
	if err != nil {
		return nil, err
	}
	db := &database{conn: conn, path: path, budget: math.MaxInt64}
	for _, p := range pragmas {
		if err := db.exec("PRAGMA " + p); err != nil {
			db.close()
			return nil, err
		}
	}
	return db, nil
}

// fileURI escapes what has a meaning in a URI: a path may hold ? # and %.
func fileURI(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	abs = filepath.ToSlash(abs)
	if !strings.HasPrefix(abs, "/") { // C:/…
		abs = "/" + abs
	}
	return (&url.URL{Scheme: "file", Path: abs}).String(), nil
}

func (db *database) close() error { return db.conn.Close() }

// exec runs statements that take no arguments and whose rows nobody needs.
func (db *database) exec(sql string) error {
	_, err := db.conn.(driver.ExecerContext).ExecContext(context.Background(), sql, nil)
	return err
}

// query calls row with each row of a statement. The values are row's to keep, the
// slice is not.
func (db *database) query(sql string, row func([]driver.Value) error) error {
	rows, err := db.conn.(driver.QueryerContext).QueryContext(context.Background(), sql, nil)
	if err != nil {
		return err
	}
	values := make([]driver.Value, len(rows.Columns()))
	for err == nil {
		if err = rows.Next(values); err == nil {
			err = row(values)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, rows.Close())
}

// number returns the integer that a statement yields.
func (db *database) number(sql string) (n int64, err error) {
	err = db.query(sql, func(row []driver.Value) error {
		var ok bool
		if n, ok = row[0].(int64); !ok {
			return fmt.Errorf("%s yields %T", sql, row[0])
		}
		return nil
	})
	return n, err
}

// statement is a prepared one. Its arguments live in one slice that every use
// fills anew.
type statement struct {
	stmt driver.Stmt
	args []driver.NamedValue
}

func (db *database) prepare(sql string) (*statement, error) {
	stmt, err := db.conn.Prepare(sql)
	if err != nil {
		return nil, fmt.Errorf("prepare %.60q: %w", sql, err)
	}
	// The driver does not say how many there are; no ? here is anything else.
	s := &statement{stmt: stmt, args: make([]driver.NamedValue, strings.Count(sql, "?"))}
	for i := range s.args {
		s.args[i].Ordinal = i + 1
	}
	return s, nil
}

// exec runs s with what was put into s.args and returns how many rows it changed.
func (s *statement) exec() (int64, error) {
	res, err := s.stmt.(driver.StmtExecContext).ExecContext(context.Background(), s.args)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// set fills the arguments.
func (s *statement) set(values ...driver.Value) *statement {
	for i, v := range values {
		s.args[i].Value = v
	}
	return s
}

func (s *statement) close() error { return s.stmt.Close() }

// spend takes a row's size from the budget. All rows together cannot hold more
// than their file, unless pages of it were made to be read again and again: so a
// small hostile file would fill the memory.
func (db *database) spend(row []driver.Value) error {
	size := minRow
	for _, v := range row {
		switch v := v.(type) {
		case string:
			size += len(v)
		case []byte:
			size += len(v)
		}
	}
	if db.budget -= int64(size); db.budget < 0 {
		return fmt.Errorf("more rows than the file has room for: it is damaged")
	}
	return nil
}

// minRow is the least that a row takes in a page: its place in the index of cells,
// its size and its number.
const minRow = 4
