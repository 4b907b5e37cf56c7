package e2e

import (
	"bufio"
	"bytes"
	"io"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"why403/internal/sim"
)

// recorder is "why403 proxy" as a process.
type recorder struct {
	cmd  *exec.Cmd
	url  *url.URL // as an HTTP proxy
	run  string   // run file
	root string   // PEM file of the authority

	stdout bytes.Buffer
	stderr *tail
}

// record starts a proxy in front of gw.
func record(t *testing.T, gw *sim.Gateway, args ...string) *recorder {
	t.Helper()
	dir := t.TempDir()
	roots := write(t, filepath.Join(dir, "gateway.pem"), gw.CertPEM())
	r := &recorder{run: filepath.Join(dir, "run.db")}
	r.cmd = why403(t, append([]string{"proxy", "--host", "*", "--listen", "127.0.0.1:0", "--upstream-ca", roots,
		"--ca-dir", filepath.Join(dir, "ca"), "--run", r.run}, args...)...)
	r.cmd.Stdout = &r.stdout
	r.cmd.WaitDelay = 10 * time.Second
	stderr, err := r.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r.stderr = follow(stderr)
	addr := r.stderr.find(t, regexp.MustCompile(`proxy on (\S+),`))
	r.url = &url.URL{Scheme: "http", Host: addr}
	r.root = r.stderr.find(t, regexp.MustCompile(`authority: (.+)`))
	return r
}

// tail is what a process has written so far, by line.
type tail struct {
	mu    sync.Mutex
	lines []string
	more  chan struct{} // closed and replaced with every line
	ended bool
}

func follow(r io.Reader) *tail {
	f := &tail{more: make(chan struct{})}
	go func() {
		in := bufio.NewScanner(r)
		for in.Scan() {
			f.add(in.Text(), false)
		}
		f.add("", true)
	}()
	return f
}

func (f *tail) add(line string, ended bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if ended {
		f.ended = true
	} else {
		f.lines = append(f.lines, line)
	}
	close(f.more)
	f.more = make(chan struct{})
}

// all returns the lines so far.
func (f *tail) all() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.lines)
}

// find waits for a line that matches and returns its first group.
func (f *tail) find(t *testing.T, re *regexp.Regexp) string {
	t.Helper()
	timeout := time.After(time.Minute)
	for seen := 0; ; {
		f.mu.Lock()
		for ; seen < len(f.lines); seen++ {
			if m := re.FindStringSubmatch(f.lines[seen]); m != nil {
				f.mu.Unlock()
				return m[1]
			}
		}
		more, ended := f.more, f.ended
		f.mu.Unlock()
		if ended {
			t.Fatalf("no line matches %s: %q", re, f.lines)
		}
		select {
		case <-more:
		case <-timeout:
			t.Fatalf("no line matches %s within a minute", re)
		}
	}
}
