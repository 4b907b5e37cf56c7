package runfile

import (
	"database/sql/driver"
	"errors"
	"testing"
)

const numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT i, -i FROM n"

func inMemory(t *testing.T) *database {
	db, err := openDatabase("unused", "mode=memory")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.close() })
	return db
}

func allowed([]driver.Value) error { return nil }

func TestAheadKeepsTheOrder(t *testing.T) {
	var n int64
	err := inMemory(t).queryAhead(numbers, 2, allowed, func(row []driver.Value) error {
		if n++; row[0] != n || row[1] != -n {
			t.Errorf("row %d is %v", n, row)
		}
		return nil
	})
	if err != nil || n != 1000 {
		t.Errorf("%d rows, %v", n, err)
	}
}

// The error of the first row that has one ends it, whoever finds it, and nothing is taken
// after it.
func TestAheadStopsAtTheFirstError(t *testing.T) {
	bad, late := errors.New("bad"), errors.New("late")
	failsAt := func(n int64, err error, seen *int64) func([]driver.Value) error {
		return func(row []driver.Value) error {
			if *seen = row[0].(int64); *seen >= n {
				return err
			}
			return nil
		}
	}
	var checked, taken int64
	db := inMemory(t)
	if err := db.queryAhead(numbers, 2, failsAt(900, late, &checked), failsAt(70, bad, &taken)); err != bad || taken != 70 {
		t.Errorf("%v at row %d, want %v at 70", err, taken, bad)
	}
	if err := db.queryAhead(numbers, 2, failsAt(70, late, &checked), failsAt(1e9, bad, &taken)); !errors.Is(err, late) || taken != 69 {
		t.Errorf("%v after row %d, want %v after 69", err, taken, late)
	}
}
