package runfile

import (
	"slices"
	"strings"
	"testing"

	"why403/capture"
)

// tenRows is a sealed file of ten attempts whose numbers of rows are those of a large one.
func tenRows(t *testing.T) string {
	var records []capture.Record
	for conn := range int64(10) {
		records = append(records, plain(conn+1))
	}
	path := sealed(t, records...)
	change(t, path, "UPDATE upgrades SET rowid = -rowid")
	change(t, path, "UPDATE upgrades SET rowid = -1000 * rowid")
	return path
}

// connsOf are those of the attempts of a file, in the order read.
func connsOf(t *testing.T, path string) (conns []int64, err error) {
	t.Helper()
	db, err := openReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.close()
	err = upgrades.readHalves(db, func(u *upgrade) { conns = append(conns, u.Conn) })
	return conns, err
}

func TestHalvesAreTheWholeInOrder(t *testing.T) {
	for sql, want := range map[string][]int64{
		"SELECT 1": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
		"UPDATE upgrades SET rowid = -7 WHERE conn = 8":   {8, 1, 2, 3, 4, 5, 6, 7, 9, 10},
		"UPDATE upgrades SET rowid = 9e18 WHERE conn = 1": {2, 3, 4, 5, 6, 7, 8, 9, 10, 1},
		"DELETE FROM upgrades":                            nil,
	} {
		path := tenRows(t)
		change(t, path, sql)
		if conns, err := connsOf(t, path); err != nil || !slices.Equal(conns, want) {
			t.Errorf("%s: %v, %v, want %v", sql, conns, err, want)
		}
	}
}

// What is wrong in either half is an error, and the first of both is told.
func TestHalvesFailWithTheirRows(t *testing.T) {
	for sql, want := range map[string]string{
		"UPDATE upgrades SET status = 'x' WHERE conn = 2":                                            "column status",
		"UPDATE upgrades SET status = 'x' WHERE conn = 9":                                            "column status",
		"UPDATE upgrades SET status = iif(conn = 9, 'x', status), edits = iif(conn = 2, '{', edits)": "column edits",
	} {
		path := tenRows(t)
		change(t, path, sql)
		if _, err := connsOf(t, path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error of %q", sql, err, want)
		}
	}
}

// With a write-ahead log a second connection could see what the first does not.
func TestHalvesNeedThatNobodyWrites(t *testing.T) {
	path := tenRows(t)
	for _, mode := range []string{"delete", "wal"} {
		change(t, path, "PRAGMA journal_mode = "+mode)
		db, err := openReader(path)
		if err != nil {
			t.Fatal(err)
		}
		if out := db.keepsWritersOut(); out != (mode == "delete") {
			t.Errorf("with journal mode %s: %v", mode, out)
		}
		db.close()
	}
}
