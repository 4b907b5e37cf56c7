//go:build unix

package session

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestReportIntoPipe writes to what is no file, and leaves it what it is.
func TestReportIntoPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	read := make(chan string)
	go func() {
		f, err := os.OpenFile(path, os.O_RDWR, 0) // never blocks, never ends
		if err != nil {
			read <- err.Error()
			return
		}
		defer f.Close()
		b := make([]byte, 6)
		io.ReadFull(f, b)
		read <- string(b)
	}()
	if err := writeFile(path, func(w io.Writer) error { _, err := io.WriteString(w, "report"); return err }); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Lstat(path); info.Mode()&os.ModeNamedPipe == 0 {
		t.Fatalf("the pipe has become %v", info.Mode())
	}
	if got := <-read; got != "report" {
		t.Errorf("read %q", got)
	}
}
