package runfile

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"why403/capture"
)

func TestPutByMany(t *testing.T) {
	w, path := newFile(t, Options{})
	var wg sync.WaitGroup
	for g := range int64(8) {
		wg.Go(func() {
			for i := range int64(200) {
				w.Put(plain(1 + g*200 + i))
			}
		})
	}
	wg.Wait()
	if err := w.Seal(5000); err != nil {
		t.Fatal(err)
	}
	if run := mustOpen(t, path); len(run.Upgrades) != 1600 {
		t.Errorf("%d upgrades, want 1600", len(run.Upgrades))
	}
}

// While another connection holds the write lock the writer waits; Put must not, and
// what finds no room is one row of losses.
func TestFullQueueCountsAndNeverWaits(t *testing.T) {
	for name, opt := range map[string]Options{
		"records": {Queue: 10},
		"bytes":   {QueueBytes: 10 * recordBytes(plain(1))},
	} {
		t.Run(name, func(t *testing.T) {
			w, path := newFile(t, opt)
			unlock := lock(t, path)
			const puts = 5000
			start := time.Now()
			for i := range int64(puts) {
				w.Put(plain(i + 1))
			}
			if took := time.Since(start); took > busyMillis*time.Millisecond/2 {
				t.Errorf("%d puts took %v", puts, took)
			}
			unlock()
			if err := w.Seal(5000); err != nil {
				t.Fatal(err)
			}
			run, s := mustOpen(t, path), w.Stats()
			if s.Dropped == 0 || s.Written+s.Dropped != puts || int64(len(run.Upgrades)) != s.Written {
				t.Errorf("stats %+v, %d upgrades in the file", s, len(run.Upgrades))
			}
			if len(run.Losses) != 1 || run.Losses[0].Kind != capture.LostQueue || run.Losses[0].Count != s.Dropped || run.Losses[0].At < capture.At(start) {
				t.Errorf("losses %+v, dropped %d", run.Losses, s.Dropped)
			}
		})
	}
}

// lock takes the write lock of a file.
func lock(t *testing.T, path string) (unlock func()) {
	t.Helper()
	db, err := openDatabase(path, "mode=rw")
	if err != nil {
		t.Fatal(err)
	}
	if err := db.exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := errors.Join(db.exec("ROLLBACK"), db.close()); err != nil {
			t.Error(err)
		}
	}
}

// A disk that is full for a while costs what was put meanwhile, and no more. A limit
// on the file's pages stands for it; deleting a row makes room.
func TestFullDiskCountsAndRecovers(t *testing.T) {
	w, path := newFullFile(t, 12) // room for one body of 64 KiB
	put := func(conn int64) {
		u := plain(conn)
		u.Status, u.Outcome, u.Body = 403, capture.Refused, make([]byte, capture.BodyLimit)
		w.Put(u)
	}
	settle := func(n int64) {
		for w.Stats().Written+w.Stats().Dropped < n {
			runtime.Gosched()
		}
	}
	put(1)
	settle(1)
	for i := range int64(50) {
		put(2 + i)
	}
	settle(51)
	if s := w.Stats(); s.Written != 1 || s.Dropped != 50 {
		t.Fatalf("full: stats %+v", s)
	}
	change(t, path, "DELETE FROM upgrades")
	put(100)
	if err := w.Seal(5000); err != nil {
		t.Fatal(err)
	}
	run := mustOpen(t, path)
	if len(run.Upgrades) != 1 || run.Upgrades[0].Conn != 100 {
		t.Errorf("%d upgrades", len(run.Upgrades))
	}
	if len(run.Losses) != 1 || run.Losses[0].Kind != capture.LostDisk || run.Losses[0].Count != 50 {
		t.Errorf("losses %+v", run.Losses)
	}
}

// A file that is deleted while it is written is there again at the end, with all of it;
// what is left of its log does not count.
func TestDeletedFileIsWrittenAgain(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("open files cannot be deleted")
	}
	for name, suffixes := range map[string][]string{"alone": {""}, "with its log": {"", "-wal", "-shm"}} {
		t.Run(name, func(t *testing.T) {
			w, path := newFile(t, Options{})
			w.Put(plain(1))
			for w.Stats().Written < 1 {
				runtime.Gosched()
			}
			for _, suffix := range suffixes {
				if err := os.Remove(path + suffix); err != nil {
					t.Fatal(err)
				}
			}
			w.Put(plain(2))
			if err := w.Seal(5000); err != nil {
				t.Fatal(err)
			}
			run := mustOpen(t, path)
			if len(run.Upgrades) != 2 || run.Ended != 5000 {
				t.Errorf("%d upgrades, ended %d", len(run.Upgrades), run.Ended)
			}
			if len(run.Notes) != 1 || !strings.Contains(run.Notes[0].Text, "deleted") {
				t.Errorf("notes %+v", run.Notes)
			}
			if files, _ := filepath.Glob(path + "*"); len(files) != 1 {
				t.Errorf("files %q", files)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%v, %v", info.Mode(), err)
			}
		})
	}
}

// newFullFile starts a writer whose file can grow by that many pages.
func newFullFile(t *testing.T, pages int64) (*Writer, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "run.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	store, err := newStore(path, capture.Meta{ID: "r", Started: 1})
	if err != nil {
		t.Fatal(err)
	}
	n, err := store.db.number("PRAGMA page_count")
	if err != nil {
		t.Fatal(err)
	}
	if err := store.db.exec("PRAGMA max_page_count = " + strconv.FormatInt(n+pages, 10)); err != nil {
		t.Fatal(err)
	}
	w := start(path, store, Options{})
	t.Cleanup(func() { w.Seal(2) })
	return w, path
}

func TestPutAfterSealIsCounted(t *testing.T) {
	w, path := newFile(t, Options{})
	w.Put(plain(1))
	if err := w.Seal(5000); err != nil {
		t.Fatal(err)
	}
	w.Put(plain(2))
	if s := w.Stats(); s.Written != 1 || s.Dropped != 1 {
		t.Errorf("stats %+v", s)
	}
	if err := w.Seal(6000); !errors.Is(err, ErrSealed) {
		t.Errorf("second seal: %v", err)
	}
	if run := mustOpen(t, path); len(run.Upgrades) != 1 || run.Ended != 5000 {
		t.Errorf("%d upgrades, ended %d", len(run.Upgrades), run.Ended)
	}
}

// A loss that a producer reports is its own row, also with our kinds.
func TestLossesOfProducersStand(t *testing.T) {
	loss := capture.Loss{At: 7, Kind: capture.LostQueue, Count: 3, Detail: "theirs"}
	run := mustOpen(t, sealed(t, loss, loss))
	if len(run.Losses) != 2 || run.Losses[0] != loss {
		t.Errorf("losses %+v", run.Losses)
	}
}

func TestReadWhileWriting(t *testing.T) {
	w, path := newFile(t, Options{})
	for i := range int64(20) {
		w.Put(plain(i + 1))
		for w.Stats().Written <= i {
			runtime.Gosched()
		}
		if run := mustOpen(t, path); int64(len(run.Upgrades)) != i+1 {
			t.Fatalf("%d upgrades after %d were written", len(run.Upgrades), i+1)
		}
	}
}

func TestShellReadsWhileWriting(t *testing.T) {
	shell, err := exec.LookPath("sqlite3")
	if err != nil {
		t.Skip("sqlite3 is not installed")
	}
	w, path := newFile(t, Options{})
	w.Put(plain(1))
	for w.Stats().Written < 1 {
		runtime.Gosched()
	}
	out, err := exec.Command(shell, path, "SELECT outcome, count(*) FROM upgrades GROUP BY 1; SELECT conn FROM attempts").CombinedOutput()
	if err != nil || string(out) != "pending|1\n1\n" {
		t.Errorf("the shell says %q, error %v", out, err)
	}
	if err := w.Seal(5000); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(path + "-*"); len(left) > 0 {
		t.Errorf("left beside the file: %v", strings.Join(left, " "))
	}
}

// A reader that keeps a transaction open must not keep Seal from ending.
func TestSealWithReader(t *testing.T) {
	w, path := newFile(t, Options{})
	w.Put(plain(1))
	db, err := openDatabase(path, "mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	if err := db.exec("BEGIN; SELECT * FROM run"); err != nil {
		t.Fatal(err)
	}
	if err := w.Seal(5000); err != nil {
		t.Error(err)
	}
	if err := db.close(); err != nil {
		t.Error(err)
	}
	if run := mustOpen(t, path); len(run.Upgrades) != 1 || run.Ended != 5000 {
		t.Errorf("%d upgrades, ended %d", len(run.Upgrades), run.Ended)
	}
}
