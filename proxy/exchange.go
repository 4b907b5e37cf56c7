package proxy

import (
	"context"
	"errors"
	"time"

	"why403/capture/dissect"
	"why403/capture/http1"
)

// open runs the tunnel up to the first answer, and further in fresh goroutines if the
// client's direction goes on: the stack of one that has done a TLS handshake stays
// large.
func (t *tunnel) open(ctx context.Context) {
	if !t.c.onShutdown(t.shutdown) {
		t.done()
		return
	}
	t.phases = t.c.phases
	r := &requests{t: t, ctx: ctx, started: time.Now()}
	err := r.begin()
	if t.server.Conn == nil {
		t.done()
		return
	}
	t.live.Add(1)
	t.p.running.Go(func() { r.run(err) })
	if t.blind {
		t.startRelay(dissect.FromServer)
		return
	}
	t.answers()
}

// requests is the client's direction up to where the connection becomes a
// WebSocket: it finds the heads, because heads are edited, and sends everything
// else as it came.
type requests struct {
	t       *tunnel
	ctx     context.Context
	started time.Time // when the head in progress was first waited for or began
	where   where
	head    []byte // what has come of the head in progress
	scan    http1.Scanner
	body    http1.Body // in progress
	behind  bool       // bytes have been sent behind an upgrade request
}

// where a direction is in its messages.
type where int

const (
	inHead  where = iota
	inBody        // of a request
	inDoubt       // behind an upgrade request: frames, or the next request after a refusal
	inBytes       // nothing is known of what comes; relay it
)

// errOver says that the tunnel has been given up, and everything done about it.
var errOver = errors.New("tunnel is over")

// begin relays what the client sends up to the first request that gets to the gateway.
// It returns why that could not be sent, errOver if everything is done about it.
func (r *requests) begin() error {
	t := r.t
	buf := buffers.get()
	defer buffers.put(buf)
	for t.server.Conn == nil {
		t.within(dissect.FromClient, r.patience())
		n, err := t.client.Read(*buf)
		if ferr := r.feed((*buf)[:n]); ferr != nil {
			return ferr
		}
		switch {
		case err == nil, t.server.Conn != nil: // an error comes again
		case len(r.head) > 0 && isTimeout(err):
			return r.headTooSlow()
		default:
			return errOver
		}
	}
	return nil
}

// run relays what the client sends behind that. It first deals with err, which begin
// has returned.
func (r *requests) run(err error) {
	t := r.t
	if r.failed(err) {
		t.done()
		return
	}
	t.tap.flush(dissect.FromClient)
	from := newSource(t.client, t.p.opt.KeepTLSBuffers)
	for !t.upgraded.Load() {
		if !r.next(from) {
			t.done()
			return
		}
	}
	t.within(dissect.FromClient, 0)
	if r.failed(r.asBytes()) {
		t.done()
		return
	}
	t.relay(dissect.FromClient, from)
}

// next relays the client's next bytes, and reports whether there may be more.
func (r *requests) next(from *source) (more bool) {
	t := r.t
	t.within(dissect.FromClient, r.patience())
	b, err := from.next()
	ferr := r.feed(b)
	from.free()
	if r.failed(ferr) {
		return false
	}
	t.tap.flush(dissect.FromClient)
	switch {
	case err == nil:
	case isTimeout(err) && (r.awaiting() || t.upgraded.Load()):
		// The client waits, and so does this.
	case len(r.head) > 0 && isTimeout(err):
		r.headTooSlow()
		return false
	default:
		t.readFailed(dissect.FromClient, err)
		return false
	}
	return true
}

// failed deals with what kept bytes from being sent, if anything did, and reports
// whether.
func (r *requests) failed(err error) bool {
	if err != nil && !errors.Is(err, errOver) {
		r.t.writeFailed(dissect.FromClient, err)
	}
	return err != nil
}

// awaiting reports whether the gateway still owes an answer and may give it.
func (r *requests) awaiting() bool {
	t := r.t
	return t.server.Conn != nil && len(r.head) == 0 && !t.isDraining(dissect.FromClient) && !t.tap.state().answered
}

// patience is how long to wait for the client's next bytes.
func (r *requests) patience() time.Duration {
	l := r.t.p.limits
	if r.where == inHead && (len(r.head) > 0 || r.t.server.Conn == nil) {
		return max(time.Until(r.started.Add(l.RequestHead)), 1)
	}
	return l.Answer + l.Idle
}
