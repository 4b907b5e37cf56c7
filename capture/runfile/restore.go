package runfile

import (
	"errors"
	"io/fs"
	"os"

	"why403/capture"
)

// isGone reports whether somebody deleted the file while it was written. The system
// keeps it until it is closed, so that nothing is lost up to then.
func isGone(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// restore writes a deleted file's content to a new one of its name. The log that may be
// beside it belongs to the old one, and SQLite would take it for the new one's.
func (s *store) restore(path string, at capture.Instant) error {
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	note := s.put(capture.Note{At: at, Text: "the run file was deleted during the recording, and written again at its end"})
	into, err := s.db.prepare("VACUUM INTO ?")
	if err != nil {
		return errors.Join(note, err)
	}
	_, err = into.set(path).exec()
	return errors.Join(note, err, into.close())
}
