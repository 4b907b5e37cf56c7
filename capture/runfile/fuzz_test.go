package runfile

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"why403/capture"
)

// FuzzOpen damages run files, sealed and with a log beside them. Whatever is left,
// Open must refuse it or return a run that is valid.
//
// The input is a list of changes of 4 bytes each: 3 of position, 1 of value.
func FuzzOpen(f *testing.F) {
	file, unsealedFile, wal := fuzzFiles(f)
	f.Add([]byte{}, false)
	f.Add([]byte{}, true)
	for at := range 120 { // the headers of file and log, and the schema's page
		f.Add([]byte{0, 0, byte(at), 0xff}, at%2 == 0)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, changes []byte, withLog bool) {
		path := filepath.Join(dir, "run.db")
		db, log := bytes.Clone(file), []byte(nil)
		if withLog {
			db, log = bytes.Clone(unsealedFile), bytes.Clone(wal)
			damage(log, changes)
		} else {
			damage(db, changes)
		}
		os.Remove(path + "-shm")
		os.Remove(path + "-wal")
		rewrite(t, path, db)
		if withLog {
			rewrite(t, path+"-wal", log)
		}
		run, err := Open(path)
		if err == nil {
			err = run.CheckValid()
			if err != nil {
				t.Errorf("Open gave a run that is not valid: %v", err)
			}
		}
	})
}

func damage(data, changes []byte) {
	for ; len(changes) >= 4; changes = changes[4:] {
		at := int(changes[0])<<16 | int(changes[1])<<8 | int(changes[2])
		data[at%len(data)] = changes[3]
	}
}

func rewrite(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// fuzzFiles are a sealed file, and one that was not with its log.
func fuzzFiles(f *testing.F) (file, unsealed, wal []byte) {
	read := func(path string) []byte {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		return data
	}
	records := []capture.Record{
		filledUpgrade(100), plain(7), filled[capture.Token](500), filled[capture.TokenRequest](600),
		filled[capture.ClockSample](700), filled[capture.Loss](800), filled[capture.Note](900),
	}
	w, path := newFile(f, Options{})
	for _, rec := range records {
		w.Put(rec)
	}
	for w.Stats().Written < int64(len(records)) {
		runtime.Gosched()
	}
	return read(sealed(f, records...)), read(path), read(path + "-wal")
}
