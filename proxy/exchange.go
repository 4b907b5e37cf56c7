package proxy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"why403/capture"
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
	if t.blind || t.answers() {
		t.relayOn()
	}
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

// feed takes the next bytes of the client. It returns an error if they could not
// be sent.
func (r *requests) feed(b []byte) error {
	if len(b) > 0 && r.t.upgraded.Load() {
		if err := r.asBytes(); err != nil {
			return err
		}
	}
	for len(b) > 0 {
		var err error
		switch r.where {
		case inHead:
			b, err = r.feedHead(b)
		case inBody:
			b, err = r.feedBody(b)
		case inDoubt:
			if pr := r.t.tap.state(); !r.behind && pr.answered && !pr.upgraded {
				r.where = inHead
				continue
			}
			r.behind = true
			err, b = r.send(b), nil
		case inBytes:
			err, b = r.send(b), nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// feedHead adds b to the head in progress and sends it if it is complete. It
// returns what follows the head.
func (r *requests) feedHead(b []byte) (rest []byte, err error) {
	if len(r.head) == 0 {
		r.scan = http1.Scanner{Limit: r.t.p.limits.Head}
		if r.t.server.Conn != nil {
			r.started = time.Now()
		}
	}
	n, complete, err := r.scan.Scan(b)
	r.head = append(r.head, b[:n]...)
	switch {
	case !http1.LooksLikeRequest(r.head):
		return b[n:], r.passOn()
	case err != nil:
		return nil, r.headTooLarge()
	case !complete:
		return nil, nil
	}
	head := r.head
	r.head = nil // one head is in memory at a time, and none while nothing comes
	return b[n:], r.sendHead(head)
}

func (r *requests) headTooSlow() error {
	return r.fail(408, fmt.Sprintf("request head not complete after %v", r.t.p.limits.RequestHead))
}

func (r *requests) headTooLarge() error {
	why := fmt.Sprintf("request head over %d bytes", r.t.p.limits.Head)
	r.t.p.losses.add(capture.LostParse, r.t.c.target+": "+why)
	return r.fail(431, why)
}

// feedBody sends what b has of the body in progress and returns the rest.
func (r *requests) feedBody(b []byte) (rest []byte, err error) {
	n, err := r.body.Feed(b)
	if err != nil { // nobody can tell where this body ends
		r.where = inBytes
		return b, nil
	}
	if r.body.Done() {
		r.where = inHead
	}
	r.t.within(dissect.FromServer, r.t.p.limits.Answer)
	return b[n:], r.send(b[:n])
}

// sendHead edits a head and sends it, after connecting to the gateway if it is the
// connection's first.
func (r *requests) sendHead(head []byte) error {
	t := r.t
	t.phases.RequestRead = t.p.clock.now()
	req, err := http1.ParseRequest(capture.Head(head))
	if err != nil {
		r.head = head
		return r.passOn()
	}
	host, _ := req.Fields.Get("Host")
	edited, edits := http1.Edit(head, http1.EditOptions{KeepAbsolute: t.p.opt.KeepAbsolute, Host: t.c.hostFor(host)})
	if t.server.Conn == nil {
		if err := r.reach(); err != nil {
			return r.unreached(edited, edits, err)
		}
	}
	t.c.setBusy(true)
	r.where = r.behindHead(req)
	t.tap.request(t.p.clock.now(), edited, t.facts(edits))
	t.within(dissect.FromServer, t.p.limits.Answer)
	if t.tap.muted() {
		r.where = inBytes
		t.goBlind()
	}
	t.opened = true
	_, err = t.server.Write(edited)
	return err
}

// behindHead says what follows a request head.
func (r *requests) behindHead(req *http1.Request) where {
	framing, err := req.Framing()
	r.body = http1.NewBody(framing)
	switch {
	case req.IsUpgrade():
		return inDoubt
	case err != nil:
		return inBytes
	case r.body.Done():
		return inHead
	default:
		return inBody
	}
}

// send relays bytes that are not part of a head.
func (r *requests) send(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	r.t.tap.data(dissect.FromClient, r.t.p.clock.now(), b)
	_, err := r.t.server.Write(b)
	return err
}

// asBytes relays everything from here on as it comes.
func (r *requests) asBytes() error {
	head := r.head
	r.head, r.where = nil, inBytes
	return r.send(head)
}

// passOn gives up on reading the client's bytes, which are not HTTP/1, and relays
// what has come of them.
func (r *requests) passOn() error {
	t := r.t
	b := r.head
	r.head, r.where = nil, inBytes
	if t.server.Conn == nil {
		t.p.losses.add(capture.LostParse, t.c.target+": not HTTP/1.1")
		t.tap.mute()
		if err := r.reach(); err != nil {
			t.p.opt.Log.Debug().Err(err).Str("target", t.c.target).Msg("cannot reach the server of a tunnel that is not HTTP")
			return errOver
		}
		t.goBlind()
	}
	return r.send(b)
}

// reach connects to the gateway.
func (r *requests) reach() error {
	t := r.t
	e := t.c.early
	if t.c.early = nil; e == nil {
		e = t.p.reach(r.ctx, t.c, t.c.scheme == "https", &t.phases)
	}
	if e.err != nil {
		return e.err
	}
	t.serverTLS = e.facts
	return t.reached(e.server)
}

// unreached tells the client inside the tunnel why its request did not get to the
// gateway, and records it.
func (r *requests) unreached(head []byte, edits []string, err error) error {
	t := r.t
	status, why := unreached(t.c.target, err)
	t.p.opt.Log.Debug().Err(err).Str("target", t.c.target).Msg("gateway not reached")
	t.tap.request(t.p.clock.now(), head, t.facts(edits))
	t.tap.fail(capture.Unreached, why)
	return r.fail(status, why)
}

// fail answers the client in the gateway's place, if the gateway owes no answer,
// and gives the tunnel up.
func (r *requests) fail(status int, why string) error {
	t := r.t
	if t.server.Conn == nil || t.tap.state().answered {
		t.client.SetWriteDeadline(time.Now().Add(t.p.limits.Drain))
		t.client.Write(answer(status, why))
		t.client.finish()
		t.client.SetReadDeadline(time.Now().Add(t.p.limits.RefusalBody))
		discard(t.client)
	}
	t.close()
	return errOver
}
