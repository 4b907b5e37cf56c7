package packetlog

import (
	"time"

	"why403/capture"
	"why403/capture/pcapfile"
)

// patience is how long packets wait for the secrets that open them. TLS stacks log
// a secret after they have read what it opens, which under load was 90 ms later; a
// reader that goes through the file once, as tshark does, has to have it before.
const patience = time.Second

// write takes events in order, each behind the secrets known a while after it.
func (l *Log) write() {
	defer close(l.done)
	for e := range l.events {
		l.await(e.at.Add(l.patience))
		l.writeSecrets()
		l.writeEvent(&e)
		if len(l.events) == 0 {
			l.keep(l.buf.Flush())
		}
	}
	l.writeSecrets()
	l.keep(l.buf.Flush())
	l.keep(l.file.Close())
}

// await waits until then, or until the log is closed.
func (l *Log) await(then capture.Instant) {
	wait := then.Sub(capture.At(time.Now()))
	if wait <= 0 {
		return
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-l.closing:
	}
}

func (l *Log) writeSecrets() {
	l.mu.Lock()
	lines := l.secrets
	l.secrets = nil
	l.mu.Unlock()
	if len(lines) > 0 {
		l.keep(l.out.Secrets(pcapfile.TLSKeyLog, lines))
	}
}

func (l *Log) writeEvent(e *event) {
	l.queued.Add(-int64(len(e.data)))
	c := e.wire.conversation
	c.Skip(e.from, e.skipped)
	switch e.kind {
	case opened:
		c.Open(e.at)
	case carried:
		c.Send(e.from, e.at, e.data)
	case ended:
		c.End(e.from, e.at)
	case broken:
		c.Reset(e.from, e.at)
	}
}
