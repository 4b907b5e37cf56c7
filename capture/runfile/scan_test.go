package runfile

import (
	"database/sql/driver"
	"errors"
	"strings"
	"testing"
)

const numbers = "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT i FROM n)"

func inMemory(t *testing.T) *database {
	db, err := openDatabase("unused", "mode=memory")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.close() })
	return db
}

func TestScanHandsOverEachRow(t *testing.T) {
	var n int64
	err := inMemory(t).scan("i, -i, 'text ' || i, NULL, CAST('x' AS BLOB)", numbers, func(row []driver.Value) error {
		n++
		blob, _ := row[4].([]byte)
		if len(row) != 5 || row[0] != n || row[1] != -n || row[3] != nil || string(blob) != "x" || !strings.HasPrefix(row[2].(string), "text ") {
			t.Errorf("row %d is %v", n, row)
		}
		return nil
	})
	if err != nil || n != 1000 {
		t.Errorf("%d rows, %v", n, err)
	}
}

// The first error ends it and is what the caller gets.
func TestScanStopsAtTheFirstError(t *testing.T) {
	bad := errors.New("bad")
	var last int64
	err := inMemory(t).scan("i", numbers, func(row []driver.Value) error {
		if last = row[0].(int64); last >= 70 {
			return bad
		}
		return nil
	})
	if err != bad || last != 70 {
		t.Errorf("%v at row %d, want %v at 70", err, last, bad)
	}
}

// Two scans at a time are told apart; a statement that belongs to none fails.
func TestScansAreToldApart(t *testing.T) {
	outer, inner := inMemory(t), inMemory(t)
	rows := 0
	err := outer.scan("i", numbers+" WHERE i <= 3", func(row []driver.Value) error {
		want := row[0]
		return inner.scan("i", numbers+" WHERE i <= 2", func(row []driver.Value) error {
			rows++
			if i := row[0].(int64); i > 2 || want.(int64) > 3 {
				t.Errorf("row %d in row %d", i, want)
			}
			return nil
		})
	})
	if err != nil || rows != 6 {
		t.Errorf("%d rows, %v", rows, err)
	}
	for _, sql := range []string{"SELECT " + rowFunction + "()", "SELECT " + rowFunction + "(-1, 2)"} {
		if err := inner.query(sql, func([]driver.Value) error { return nil }); err == nil || !strings.Contains(err.Error(), "no such scan") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}
