package passive

import (
	"fmt"

	"why403/capture"
	"why403/capture/dissect"
	"why403/capture/tlswire"
)

// tlsLayer decrypts, and reads what is inside as a pipe of its own.
type tlsLayer struct {
	p       *pipe
	conn    *tlswire.Conn
	inner   pipe
	missing [2]int64 // bytes of TCP that were missing last
	opened  bool     // plaintext came
	closed  [2]bool  // nothing more will come of that direction
	told    bool     // as a connection that could not be read
}

func newTLS(p *pipe) *tlsLayer {
	t := &tlsLayer{p: p}
	t.conn = p.f.o.tls.NewConn(t)
	if p.f.o.opt.Hold > 0 {
		p.f.o.waiting[t] = struct{}{}
	}
	t.inner = pipe{f: p.f, scheme: "https", authority: p.authority,
		connectRead: p.connectRead, connectAnswered: p.connectAnswered, tls: t.conn}
	return t
}

func (t *tlsLayer) data(dir dissect.Dir, at capture.Instant, b []byte) {
	t.conn.Data(tlswire.Dir(dir), at, b)
}

func (t *tlsLayer) gap(dir dissect.Dir, at capture.Instant, n int64) {
	t.missing[dir] = n
	t.conn.Gap(tlswire.Dir(dir), at, n)
}

func (t *tlsLayer) end(dir dissect.Dir, at capture.Instant, how capture.Ending) {
	t.conn.End(tlswire.Dir(dir), at)
	t.inner.end(dir, at, how)
}

func (t *tlsLayer) close(at capture.Instant, how capture.Ending) {
	delete(t.p.f.o.waiting, t)
	for dir := range t.closed {
		t.conn.End(tlswire.Dir(dir), at)
	}
	t.inner.close(at, how)
}

// Plain implements [tlswire.Sink].
func (t *tlsLayer) Plain(dir tlswire.Dir, at capture.Instant, b []byte) {
	t.opened = true
	t.inner.data(dissect.Dir(dir), at, b)
}

// Alert implements [tlswire.Sink]. A close_notify is how TLS says FIN (RFC 8446
// §6.1); the end of the TCP stream may come much later, or as RST.
func (t *tlsLayer) Alert(dir tlswire.Dir, at capture.Instant, a tlswire.Alert) {
	switch {
	case a.CloseNotify():
		t.inner.end(dissect.Dir(dir), at, capture.FIN)
	case a.Fatal:
		t.inner.end(dissect.Dir(dir), at, capture.Broken)
		if !t.opened {
			t.p.f.o.losses.add(capture.LostHandshake, at, 1, fmt.Sprintf("TLS alert %d", a.Description))
		}
	}
}

// Trouble implements [tlswire.Sink].
func (t *tlsLayer) Trouble(dir tlswire.Dir, at capture.Instant, p *tlswire.Problem) {
	t.inner.gap(dissect.Dir(dir), at, max(1, t.missing[dir]))
	if !p.Closed {
		return
	}
	t.closed[dir] = true
	if !t.opened && !t.told {
		t.told = true
		t.p.f.o.unread.add(t.p.f, p, at)
	}
	if t.closed[0] && t.closed[1] && t.p == &t.p.f.top && !t.opened {
		t.p.f.tcp.Ignore()
	}
}
