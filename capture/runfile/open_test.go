package runfile

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"why403/capture"
)

// sealed writes a small run file.
func sealed(t testing.TB, records ...capture.Record) string {
	t.Helper()
	w, path := newFile(t, Options{})
	for _, rec := range records {
		w.Put(rec)
	}
	if err := w.Seal(5000); err != nil {
		t.Fatal(err)
	}
	return path
}

// change runs SQL on a file.
func change(t testing.TB, path, sql string) {
	t.Helper()
	db, err := openDatabase(path, "mode=rw")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.exec(sql), db.close()); err != nil {
		t.Fatal(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ sql, want string }{
		"another application":   {"PRAGMA application_id = 7", "not a run file"},
		"a newer version":       {"PRAGMA user_version = 99", "its version is 99, this why403 reads up to 1: upgrade why403"},
		"no version":            {"PRAGMA user_version = 0", "which never was"},
		"a missing table":       {"DROP TABLE notes", "1 of its 7 tables are missing"},
		"a view for a table":    {"DROP TABLE notes; CREATE VIEW notes AS SELECT 1 AS at_ns, 'x' AS note", "1 of its 7 tables are missing"},
		"a changed table":       {"ALTER TABLE notes ADD COLUMN more TEXT", "table notes is not as version 1 has it"},
		"a computed column":     {"DROP TABLE notes; CREATE TABLE notes (at_ns INTEGER, note TEXT AS (zeroblob(1000000000)))", "table notes is not as"},
		"no run":                {"DELETE FROM run", "table run has 0 rows"},
		"two runs":              {"INSERT INTO run SELECT * FROM run", "table run has 2 rows"},
		"a text for a number":   {"UPDATE upgrades SET status = 'x'", "column status holds"},
		"a blob for a text":     {"UPDATE upgrades SET outcome = x'00'", "column outcome holds"},
		"a number for a blob":   {"UPDATE upgrades SET body = 5", "column body holds"},
		"an impossible address": {"UPDATE upgrades SET server = 'x:y'", "read table upgrades"},
		"a list that is none":   {"UPDATE upgrades SET edits = '{'", "column edits"},
	} {
		t.Run(name, func(t *testing.T) {
			path := sealed(t, plain(1))
			change(t, path, tt.sql)
			_, err := Open(path)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestOpenRefusesOtherFiles(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{text, empty} {
		if _, err := Open(path); !errors.Is(err, ErrNotRunFile) {
			t.Errorf("%s: error %v", path, err)
		}
	}
	missing := filepath.Join(dir, "missing")
	if _, err := Open(missing); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: error %v", err)
	}
	if _, err := os.Stat(missing); err == nil {
		t.Error("Open made a file")
	}
	if _, err := Open(dir); err == nil {
		t.Error("opened a directory")
	}
}

func TestOpenTakesAdditionsOfPeople(t *testing.T) {
	path := sealed(t, plain(1))
	change(t, path, "CREATE INDEX mine ON upgrades (status); CREATE TABLE mine2 (x); CREATE VIEW mine3 AS SELECT 1")
	if run := mustOpen(t, path); len(run.Upgrades) != 1 {
		t.Errorf("%d upgrades", len(run.Upgrades))
	}
}

// A crash or a full queue can have taken a token's facts; the attempts that used it
// are still worth reading.
func TestOpenRepairsWhatWasLost(t *testing.T) {
	u := plain(1)
	u.Credentials = []capture.Credential{{Token: "f00d", Place: "authorization"}}
	impossible := plain(2)
	impossible.Outcome = capture.Accepted
	run := mustOpen(t, sealed(t, u, impossible))
	if got := run.Tokens["f00d"]; got.Fingerprint != "f00d" || got.Seen != u.Phases.RequestSent {
		t.Errorf("token %+v", got)
	}
	if len(run.Upgrades) != 1 || run.Upgrades[0].Conn != 1 {
		t.Errorf("%d upgrades", len(run.Upgrades))
	}
	var texts []string
	for _, n := range run.Notes {
		texts = append(texts, n.Text)
	}
	all := strings.Join(texts, "\n")
	for _, want := range []string{"facts of 1 tokens are missing", "1 records of the file are not possible"} {
		if !strings.Contains(all, want) {
			t.Errorf("notes lack %q:\n%s", want, all)
		}
	}
}

func TestPathsWithSpecialCharacters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a run #1 50%41 é&b=c.db")
	if runtime.GOOS != "windows" {
		path = strings.Replace(path, "&", "?mode=memory&", 1)
	}
	w, err := Create(path, capture.Meta{ID: "r", Started: 1}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.Put(plain(1))
	if err := w.Seal(5000); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		t.Fatalf("the file is elsewhere: %v", err)
	}
	if run := mustOpen(t, path); len(run.Upgrades) != 1 {
		t.Errorf("%d upgrades", len(run.Upgrades))
	}
}

func TestCreateRefusesExistingFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.txt")
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(path, capture.Meta{}, Options{}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("error %v, want fs.ErrExist", err)
	}
	if data, _ := os.ReadFile(path); string(data) != "mine" {
		t.Errorf("the file became %q", data)
	}
}

func TestSealedRunIsOneFile(t *testing.T) {
	path := sealed(t, plain(1))
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("files %v, error %v", entries, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %04o", info.Mode().Perm())
	}
	if run := mustOpen(t, path); run.Ended != 5000 || len(run.Notes) != 0 {
		t.Errorf("ended %d, notes %v", run.Ended, run.Notes)
	}
}

// unsealed copies a file with its log as a crash would leave them.
func unsealed(t *testing.T) string {
	t.Helper()
	w, path := newFile(t, Options{})
	w.Put(plain(1))
	for w.Stats().Written < 1 {
		runtime.Gosched()
	}
	dir := filepath.Join(t.TempDir(), "left")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, "run.db")
	for _, suffix := range []string{"", "-wal"} {
		if err := copyFile(copied+suffix, path+suffix); err != nil {
			t.Fatal(err)
		}
	}
	return copied
}

func TestOpenUnsealed(t *testing.T) {
	path := unsealed(t)
	for range 2 { // reading changes nothing
		run := mustOpen(t, path)
		if len(run.Upgrades) != 1 || run.Ended.Seen() || len(run.Notes) != 1 || !strings.Contains(run.Notes[0].Text, "not sealed") {
			t.Errorf("%d upgrades, ended %d, notes %v", len(run.Upgrades), run.Ended, run.Notes)
		}
	}
}

func TestOpenUnsealedInReadOnlyDirectory(t *testing.T) {
	path := unsealed(t)
	dir := filepath.Dir(path)
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(dir, 0o700) })
	if f, err := os.Create(filepath.Join(dir, "probe")); err == nil {
		f.Close()
		os.Remove(f.Name())
		// This user may write anywhere; take the same path by hand.
		run, err := readCopy(path, upgrades, errors.New("cause"))
		if err != nil || len(run.Upgrades) != 1 {
			t.Errorf("run %v, error %v", run, err)
		}
		return
	}
	if run := mustOpen(t, path); len(run.Upgrades) != 1 {
		t.Errorf("%d upgrades", len(run.Upgrades))
	}
}

// A page that is read many times over must not fill the memory: here an interior
// page of a table that names one leaf again and again.
func TestOpenBoundsWhatItReads(t *testing.T) {
	w, path := newFile(t, Options{})
	for range 2000 {
		w.Put(capture.Note{At: 1, Text: strings.Repeat("x", 100)})
	}
	if err := w.Seal(5000); err != nil {
		t.Fatal(err)
	}
	db, err := openDatabase(path, "mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	root, err := db.number("SELECT rootpage FROM sqlite_master WHERE name = 'notes'")
	if err := errors.Join(err, db.close()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := data[(root-1)*pageSize : root*pageSize]
	if page[0] != 0x05 {
		t.Fatalf("page type %d, want an interior page", page[0])
	}
	// 1,000 cells, all the first one: a child's page number and a row number.
	binary.BigEndian.PutUint16(page[3:], 1000)
	cell := page[12:14]
	for i := range 1000 {
		copy(page[12+2*i:], cell)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "more rows than the file has room for") {
		t.Errorf("error %v", err)
	}
}
