package proxy

import (
	"sync"

	"why403/capture"
	"why403/capture/dissect"
)

// tap hands dissect a copy of what both directions relay, one at a time, and hands
// on what it makes of them once the bytes have been relayed: traffic comes first.
type tap struct {
	p    *Proxy
	mu   sync.Mutex
	conn *dissect.Conn // nil if the connection is not recorded, or its end has been

	queue     []capture.Record // made while bytes wait to be written
	answering bool             // the gateway has sent something since the last request
	writing   bool             // an answer is about to be written to the client
	counted   int64            // the last exchange that is in the statistics
	handed    int64            // the last exchange whose answer reached the client …
	relayed   capture.Instant  // … and when
	how       capture.Ending   // how the first side ended
	ended     [2]bool          // by direction
	open      bool             // counted as an open WebSocket
	streams   map[int64]stream // of HTTP/2, by exchange: in place of the four above
}

func (p *Proxy) newTap(scheme, authority string) *tap {
	t := &tap{p: p}
	t.conn = dissect.New(dissect.Opening{ID: p.ids.Add(1), Scheme: scheme, Authority: authority},
		p.tokens, func(rec capture.Record) { t.queue = append(t.queue, rec) })
	return t
}

// progress is how far a connection has come.
type progress struct {
	upgraded  bool // it is a WebSocket
	answered  bool // every request has its complete answer
	answering bool // an answer has begun and is not complete
}

// mute stops the recording before it has begun.
func (t *tap) mute() { t.conn = nil }

// multiplex says that exchanges will overlap. What annotate adds goes to the first.
func (t *tap) multiplex(annotate func(*capture.Upgrade)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.conn == nil {
		return
	}
	t.conn.Annotate(annotate)
	t.streams = map[int64]stream{}
}

// muted reports whether nothing is recorded.
func (t *tap) muted() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.conn == nil
}

// request takes a request head that is about to be sent. What annotate adds goes
// to its record.
func (t *tap) request(at capture.Instant, head []byte, annotate func(*capture.Upgrade)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.conn == nil {
		return
	}
	if t.conn.Answered() {
		t.conn.Annotate(annotate)
		t.conn.Data(dissect.FromClient, at, head)
	} else { // sent behind another: that one would get the annotation
		t.conn.Data(dissect.FromClient, at, head)
		t.conn.Annotate(annotate)
	}
	t.answering = false
}

// data takes bytes that are about to be relayed.
func (t *tap) data(dir dissect.Dir, at capture.Instant, b []byte) progress {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.conn == nil {
		return progress{}
	}
	t.conn.Data(dir, at, b)
	if dir == dissect.FromServer {
		t.answering, t.writing = true, true
	}
	return t.progress()
}

// state returns how far the connection has come.
func (t *tap) state() progress {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.progress()
}

func (t *tap) progress() progress {
	if t.conn == nil {
		return progress{}
	}
	pr := progress{upgraded: t.conn.Upgraded(), answered: t.conn.Answered()}
	pr.answering = t.answering && !pr.upgraded && !pr.answered
	return pr
}

// flush hands on the records of bytes that have been relayed.
func (t *tap) flush(dir dissect.Dir) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if dir == dissect.FromServer {
		t.writing = false
	}
	if !t.writing { // else that direction will do it
		t.put()
	}
}

// direction ended as how says.
func (t *tap) end(dir dissect.Dir, how capture.Ending) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.conn == nil || t.ended[dir] {
		return
	}
	t.ended[dir] = true
	if t.how == "" {
		t.how = how
	}
	t.conn.End(dir, t.p.clock.now(), how)
	t.put()
}

// fail says that the gateway gets nothing more, for a reason of the proxy's.
func (t *tap) fail(outcome capture.Outcome, why string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.conn == nil {
		return
	}
	t.conn.Fail(t.p.clock.now(), outcome, why)
	t.put()
}

// close ends the record, for how unless a side ended before.
func (t *tap) close(how capture.Ending) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.conn == nil {
		return
	}
	if t.how != "" {
		how = t.how
	}
	t.conn.Close(t.p.clock.now(), how)
	t.put()
	t.conn = nil
	if t.open {
		t.open = false
		t.p.stats.open.Add(-1)
	}
	for _, s := range t.streams {
		if s.open {
			t.p.stats.open.Add(-1)
		}
	}
	t.streams = nil
}
