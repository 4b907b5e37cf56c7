package runfile

import (
	"errors"
	"io/fs"
	"path/filepath"
	"reflect"
	"testing"

	"why403/capture"
)

func TestSaveKeepsAllRecords(t *testing.T) {
	var c capture.Collector
	for i := range int64(3 * defaultQueue) { // more than wait by default
		c.Put(capture.Upgrade{Conn: i + 1, Exchange: 1, Status: 403, Outcome: capture.Refused, Phases: capture.Phases{RequestSent: capture.Instant(i + 1)}})
	}
	c.Put(capture.Note{At: 5, Text: "imported"})
	run := c.Run(capture.Meta{ID: "r", Source: "har", Started: 1, Ended: 9})
	path := filepath.Join(t.TempDir(), "a.db")
	if err := Save(path, run); err != nil {
		t.Fatal(err)
	}
	got, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Upgrades) != len(run.Upgrades) || !reflect.DeepEqual(got.Notes, run.Notes) || len(got.Losses) != 0 || got.Ended != 9 {
		t.Errorf("%d upgrades, notes %+v, losses %+v", len(got.Upgrades), got.Notes, got.Losses)
	}
	if err := Save(path, run); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over an existing file: %v", err)
	}
}
