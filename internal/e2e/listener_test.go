package e2e

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"
)

// listener is one that a gateway program inherits, so that whoever starts it knows the
// port, and connections wait until it is ready.
type listener struct {
	addr string
	file *os.File
}

func listen(t *testing.T) listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close() // the file is another descriptor of it
	file, err := ln.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	return listener{ln.Addr().String(), file}
}

// hand starts the program with the listener as its descriptor 3. It ends with the test; what
// it logs is shown if that fails.
func (l listener) hand(t *testing.T, cmd *exec.Cmd) *bytes.Buffer {
	t.Helper()
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	cmd.ExtraFiles = []*os.File{l.file}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	l.file.Close() // the program has it now
	t.Cleanup(func() {
		cmd.Wait()
		if t.Failed() {
			t.Logf("%s: %s", cmd.Path, log.String())
		}
	})
	return &log
}
