package proxy

import (
	"sync"
	"testing"
	"time"

	"why403/capture"
)

// sink keeps what is recorded and lets tests wait for it.
type sink struct {
	mu      sync.Mutex
	changed chan struct{} // closed and replaced at every record
	all     []capture.Record
}

func newSink() *sink { return &sink{changed: make(chan struct{})} }

func (s *sink) Put(rec capture.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, rec)
	close(s.changed)
	s.changed = make(chan struct{})
}

// run returns what has been recorded so far.
func (s *sink) run() (*capture.Run, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var c capture.Collector
	for _, rec := range s.all {
		c.Put(rec)
	}
	return c.Run(capture.Meta{}), s.changed
}

// wait returns the run as soon as it is as ok wants it.
func (s *sink) wait(t testing.TB, what string, ok func(*capture.Run) bool) *capture.Run {
	t.Helper()
	timeout := time.After(patience)
	for {
		run, changed := s.run()
		if ok(run) {
			return run
		}
		select {
		case <-changed:
		case <-timeout:
			for _, u := range run.Upgrades {
				t.Logf("recorded: %d/%d %s %d %q %+v", u.Conn, u.Exchange, u.Outcome, u.Status, u.Body, u.Socket)
			}
			t.Fatalf("never recorded: %s (losses %v, token requests %v)", what, run.Losses, run.TokenRequests)
		}
	}
}

// upgrade waits for the nth upgrade, from 0, to be as ok wants it.
func (s *sink) upgrade(t testing.TB, n int, ok func(*capture.Upgrade) bool) *capture.Upgrade {
	t.Helper()
	run := s.wait(t, "upgrade", func(r *capture.Run) bool { return len(r.Upgrades) > n && ok(r.Upgrades[n]) })
	if err := run.CheckValid(); err != nil {
		t.Errorf("record is not valid: %v", err)
	}
	return run.Upgrades[n]
}
