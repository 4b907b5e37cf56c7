package runfile

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"modernc.org/sqlite"
)

// rowFunction is an SQL function that hands its arguments to a scan. The driver copies each
// text of a result, and takes a lock for each column; a function is called with views of
// what SQLite has in memory.
const rowFunction = "why403_row"

// scans are those under way, by the number that their statement gives to rowFunction: the
// driver keeps a function for as long as the program runs, so that all share one.
var (
	scans    sync.Map
	lastScan atomic.Int64
)

var sqliteDriver = func() *sqlite.Driver {
	d := new(sqlite.Driver)
	d.MustRegisterFunction(rowFunction, &sqlite.FunctionImpl{NArgs: -1, Scalar: handRow, VolatileArgs: true})
	return d
}()

func handRow(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
	if len(args) > 0 {
		if row, ok := scans.Load(args[0]); ok {
			return nil, row.(func([]driver.Value) error)(args[1:])
		}
	}
	return nil, errors.New("there is no such scan")
}

// scan calls row with the columns of each row of a table, up to its first error. Texts and
// blobs are gone after the call, as is the slice.
func (db *database) scan(columns, table string, row func([]driver.Value) error) (err error) {
	n := lastScan.Add(1)
	var failed error
	scans.Store(n, func(values []driver.Value) error {
		failed = row(values)
		return failed
	})
	defer scans.Delete(n)
	err = db.query(fmt.Sprintf("SELECT %s(%d, %s) FROM %s", rowFunction, n, columns, table), func([]driver.Value) error { return nil })
	if failed != nil {
		return failed
	}
	return err
}
